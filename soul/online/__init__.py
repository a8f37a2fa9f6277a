"""The Online: users and logins, procedure files, the command level, the audit trail."""
