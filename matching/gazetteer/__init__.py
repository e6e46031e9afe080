"""地名表: the parser's names of places as editors keep them. `current` what holds now, `loading` the built-in names as rows,
`words` what is not to be a place, `unheard` names that the table lacks, `viewsets` and `views` its pages in the CMS."""
