"""People and parties: users, enterprises, institutions and their staff, roles, consent, notices.

What a party publishes (products, outlets) belongs to `catalogue`; what parties do with each other to `matching`,
`advisors` and `events`.
"""
