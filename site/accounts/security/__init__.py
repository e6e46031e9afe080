"""登录与安全: how people get in, with what, from where, and how they get back in when something is lost.

`limits` counts guesses and messages, `codes` are one-time codes of our own pages, `factors` are passkeys, authenticators
and recovery codes, `recovery` is their removal after a waiting period, `sessions` the devices signed in, `staff` the gate
that staff pass only with a second factor, `oidc` the sign-in of a city. The ceremonies themselves are allauth's.
"""
