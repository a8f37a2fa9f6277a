"""$Web_ functions for certificates and sessions, and $Sir_Login.

Source: m204wiki, $Web_Cert_Levels; $Web_Cert_Info; $Web_End_SSLSes; $Web_End_Ses; $Sir_Login.
"""

from __future__ import annotations

from soul.janus.new_session import NEW_SESSION
from soul.janus.web.messages import WEB_MESSAGES
from soul.janus.web.thread import live
from soul.runtime.errors import RequestCancelled
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("web security")

NOT_WEB = -1
NOT_SSL = 1


@FAMILY.function("$Web_Cert_Levels", page="$Web_Cert_Levels")
def web_cert_levels(thread: Thread) -> int:
    """Return how many certificates the client's chain has, the client's own and the trust anchor among them.

    Arguments: none.
    Result: at least 2; 0 off a web thread, without SSL, or when the client presented none.
    Request with a client certificate:
        GET /
    Example:
        Print $Web_Cert_Levels
    Prints:
        2
    Page: m204wiki, $Web_Cert_Levels
    """
    state = live(thread)
    return 0 if state is None else len(state.peer.chain)


@FAMILY.function("$Web_Cert_Info", page="$Web_Cert_Info")
def web_cert_info(thread: Thread, item: str, level: int | None = None) -> str:
    """Return one item of the client's certificate or of one of its signers.

    Arguments: item, COMMONNAME, ORGANIZATION, ORGANIZATIONALUNIT, LOCALITY, STATE, COUNTRY, EMAIL, SERIALNUMBER,
    STARTDATE, ENDDATE or an abbreviation, in any case; level, 0 (default) the client, 1 its signer, and so on, -1 the
    last, -2 the one before (our choice).
    Result: null when there is no certificate, no such level or no such item, and off a web thread.
    Request with a client certificate:
        GET /
    Example:
        Print $Web_Cert_Info('COMMONNAME')
        Print $Web_Cert_Info('COMMONNAME', 1)
    Prints:
        Alice Archer
        Company Root CA
    Page: m204wiki, $Web_Cert_Info
    """
    state = live(thread)
    return "" if state is None else state.peer.certificate_item(item, level or 0)


@FAMILY.function("$Web_End_SSLSes", page="$Web_End_SSLSes")
def web_end_sslses(thread: Thread) -> int:
    """Forget the SSL session, so that the browser must make a full handshake and may present another certificate.

    Arguments: none.
    Result: 0; -1 off a web thread; 1 when the connection is not an SSL connection.
    Request with a client certificate:
        GET /logout
    Example:
        Print $Web_End_SSLSes
    Prints:
        0
    Response:
        Connection: close
    Page: m204wiki, $Web_End_SSLSes
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    if not state.peer.secure:
        return NOT_SSL
    if state.end_session is not None:
        state.end_session()
    if state.peer.session is not None:
        state.peer.session.ended = True
    state.close_connection = True
    return 0


@FAMILY.function("$Web_End_Ses", page="$Web_End_Ses")
def web_end_ses(thread: Thread) -> int:
    """End the login session held by SSLSES or SESCOOKIE; the next request logs in anew.

    Arguments: none.
    Result: 0; -1 off a web thread.
    Request:
        GET /logout
    Example:
        Print $Web_End_Ses
    Prints:
        0
    Page: m204wiki, $Web_End_Ses
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    if state.end_session is not None:
        state.end_session()
    return 0


@FAMILY.function("$Sir_Login", page="$Sir_Login")
def sir_login(
    thread: Thread,
    userid: str,
    account: str | None = None,
    password: str | None = None,
    newpassword: str | None = None,
) -> int:
    """Log a user in while NEWSESCMD of a web or socket port runs.

    Arguments: userid, 1 to 10 characters; account, usually omitted; password, which is checked, with the userid alone
    the login is trusted; new password, which becomes the password after a successful check. A second argument without a
    third is taken for the password, never for the account of a trusted login (our choice, on the safe side).
    Result: 0 logged in; 1 userid unknown or not allowed, 2 wrong password, 3 new password refused, 4 delayed after
    failures (only 0 is documented).
    Errors: anywhere else, and after a successful login, the request is cancelled.
    Request:
        GET /
        X-Badge: 1851
    Example for NEWSESCMD:
        Begin
        If $Web_Hdr_Parm('X-BADGE') = '1851' Then
          $Sir_Login('AHAB')
        End If
        End
    Prints:
        AHAB
    Page: m204wiki, $Sir_Login
    """
    state = thread.slots.get(NEW_SESSION)
    if state is None:
        raise RequestCancelled(WEB_MESSAGES["SOUL.2406"], function="$Sir_Login")
    if state.userid:
        raise RequestCancelled(WEB_MESSAGES["SOUL.2407"], userid=state.userid)
    if password is None and account:
        account, password = None, account
    return state.login(userid, password, newpassword or None, account or "")
