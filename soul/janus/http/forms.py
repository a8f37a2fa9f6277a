"""Form fields: query strings, urlencoded bodies, multipart bodies with files.

Source: m204wiki, $Web_Form_Parm, $Web_File_Content, RAWINPUT (JANUS DEFINE parameter); RFC 7578.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MAX_FIELDS = 2000
MAX_PART_HEADERS = 8
MAX_PART_HEADER_BYTES = 4096

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_REPEATED = re.compile(r";\s*(name|filename)\s*=", re.IGNORECASE)


class FormError(ValueError):
    """A body that is not the form it claims to be. `status` is the answer: 400 or 413."""

    def __init__(self, text: str, status: int = 400) -> None:
        self.status = status
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class FormField:
    """One field as sent. `content` holds the bytes of an uploaded file, None for an ordinary field."""

    name: str
    value: str
    content: bytes | None = field(default=None, repr=False)
    file_name: str = ""
    content_type: str = ""


def parse_query(query: str) -> tuple[tuple[str, str], ...]:
    """Return the parameters of a query string; an invalid escape is kept as text. At most 2,000 are read."""
    return tuple(_pair(part) for part in query.split("&", MAX_FIELDS)[:MAX_FIELDS] if part)


def parse_form(body: bytes, content_type: str) -> tuple[FormField, ...] | None:
    """Return the fields of a POST body, None when its type is not a form's.

    A missing type counts as urlencoded. Raises FormError when the body is not valid for its type.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _multipart(body, content_type)
    if kind in ("", "application/x-www-form-urlencoded"):
        return _urlencoded(body)
    return None


def _urlencoded(body: bytes) -> tuple[FormField, ...]:
    """Parse `a=1&b=2`. Anything that a form cannot send is refused, as documented for POSTs without a type."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    text = text.rstrip("\r\n")
    if _BAD_ESCAPE.search(text) or re.search(r"[\x00-\x20<>\"]", text):
        raise FormError("the request body is not valid form data")
    parts = [part for part in text.split("&") if part]
    if len(parts) > MAX_FIELDS:
        raise FormError("the form has too many fields", 413)
    return tuple(FormField(*_pair(part)) for part in parts)


def _pair(part: str) -> tuple[str, str]:
    """Decode one `name=value`."""
    name, _, value = part.partition("=")
    return _unquote(name), _unquote(value)


def _unquote(text: str) -> str:
    """Decode `+` and `%xx`: UTF-8 where it is valid, else ISO-8859-1."""
    text = text.replace("+", " ")
    return _ESCAPES.sub(_decode, text) if "%" in text else text


def _decode(match: re.Match[str]) -> str:
    data = bytes.fromhex(match.group().replace("%", ""))
    return _text(data)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _multipart(body: bytes, content_type: str) -> tuple[FormField, ...]:
    """Parse multipart/form-data with every limit given."""
    import multipart  # only requests with uploads pay for the import

    _, options = multipart.parse_options_header(content_type)
    boundary = options.get("boundary", "")
    if not boundary or len(boundary) > 70:
        raise FormError("the multipart boundary is missing or too long")
    fields: list[FormField] = []
    segment: multipart.MultipartSegment | None = None
    data: list[bytes] = []
    parser = multipart.PushMultipartParser(
        boundary,
        content_length=len(body),
        max_header_size=MAX_PART_HEADER_BYTES,
        max_header_count=MAX_PART_HEADERS,
        max_segment_size=len(body),
        max_segment_count=MAX_FIELDS,
        strict=True,
    )
    try:
        with parser:
            for event in parser.parse(body):
                if isinstance(event, multipart.MultipartSegment):
                    segment, data = event, []
                elif event is None:
                    assert segment is not None
                    fields.append(_part(segment, b"".join(data)))
                else:
                    data.append(bytes(event))
    except multipart.ParserLimitReached:
        raise FormError("the form has too many fields or headers", 413) from None
    except (multipart.MultipartError, ValueError) as error:
        if isinstance(error, FormError):
            raise
        raise FormError("the request body is not valid multipart form data") from None
    return tuple(fields)


def _part(segment: object, data: bytes) -> FormField:
    """Make a field of one part. A name given twice is refused: parsers disagree on which one counts."""
    headers = dict(getattr(segment, "headerlist", ()))
    disposition = next((text for name, text in headers.items() if name.lower() == "content-disposition"), "")
    names = [name.lower() for name in _REPEATED.findall(disposition)]
    if len(names) != len(set(names)):
        raise FormError("a form field has two names")
    name = getattr(segment, "name", None) or ""
    file_name = getattr(segment, "filename", None)
    media = getattr(segment, "content_type", None) or ""
    if file_name is None:
        return FormField(name, _text(data), content_type=media)
    return FormField(name, "", data, file_name, media)
