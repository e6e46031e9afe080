"""Who acts for an enterprise and who works where: joining, claims, merged records, invitations, staff who come and leave.

`members`, `claims`, `merging`, `invitations`, `staff` change; `queries` reads; `states` holds the tables of transitions.
What a person of the staff holds, and how it is handed over, is registered by each app in `handover`.
"""
