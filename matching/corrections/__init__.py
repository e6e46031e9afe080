"""更正 as cases for the parser's tests: `difference` what was changed, `actions` keeping and deciding, `states` the ways,
`queries` and `views` the supervisors' desk, `export` the file."""
