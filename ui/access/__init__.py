"""Who may do what: how long keys and shares hold, accounts, and who a caller is."""
