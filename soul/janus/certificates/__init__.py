"""Certificates and keys: reading them from procedures, the items SOUL asks for, certificates for development."""
