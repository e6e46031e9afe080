"""Import and export of the catalogue's tables.

An upload becomes an `Import`; the queue reads it into `ImportRow`s that say what each row would do (`checking`), a person
looks at them and starts the import (`applying`), sends the drafts on their way to review (`submitting`), or takes
everything back within a day (`undoing`). `running` holds what these steps share: one worker at a time, a chunk a
transaction, going on after a crash. What a row means for which table is in `targets`.
"""
