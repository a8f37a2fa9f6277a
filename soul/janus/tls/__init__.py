"""TLS for Janus ports: one OpenSSL context per port generation, one verdict code for every kind of connection.

* `generation`: `PortTls` and `TlsGeneration`, what a port's connections share;
* `connection`: the part of a connection that is the same over memory and over a socket;
* `engine`, `direct`, `stream`: `TlsEngine` (bytes in, bytes out), `TlsSocket` (non-blocking), `TlsStream` (blocking);
* `verdicts`: `Refusal`, and the words for every OpenSSL error;
* `groups`: key-exchange groups, importable before OpenSSL is loaded.

Nothing is imported here: `groups` must run before OpenSSL reads its configuration.
"""
