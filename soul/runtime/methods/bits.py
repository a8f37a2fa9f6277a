"""String methods: bits, digests, encryption and compression of the EBCDIC bytes.

Source: m204wiki, List of String methods; SHAdigest; RC4encrypt and RC4decrypt; Deflate; Gzip (String functions).
"""

from __future__ import annotations

from collections.abc import Callable

from soul.runtime.collation import from_ebcdic, to_ebcdic
from soul.runtime.functions.compression import compress, decompress
from soul.runtime.functions.messages import invalid
from soul.runtime.functions.registry import Family

FAMILY = Family("bit and cipher methods")


def _combined(method: str, string: str, other: str, operation: Callable[[int, int], int]) -> str:
    left, right = to_ebcdic(string), to_ebcdic(other)
    if len(left) != len(right):
        raise invalid(method, "THE STRINGS DIFFER IN LENGTH")
    return from_ebcdic(bytes(operation(x, y) for x, y in zip(left, right, strict=True)))


_COMBINATIONS: tuple[tuple[str, Callable[[int, int], int], str, str], ...] = (
    ("BitAndString", lambda x, y: x & y, "the bitwise AND of two strings", "C050"),
    ("BitOrString", lambda x, y: x | y, "the bitwise OR of two strings", "FFFF"),
    ("BitXorString", lambda x, y: x ^ y, "the bitwise exclusive OR of two strings", "3FAF"),
    ("BitOnString", lambda x, y: x | y, "the string with the bits of the argument switched on", "FFFF"),
    ("BitOffString", lambda x, y: x & ~y & 0xFF, "the string with the bits of the argument switched off", "30A0"),
)


def _register_combination(name: str, operation: Callable[[int, int], int], meaning: str, result: str) -> None:
    def method(string: str, other: str) -> str:
        return _combined(name, string, other, operation)

    method.__doc__ = f"""Return {meaning}.

    Arguments: other, as long as the method object.
    Result: as long as the method object.
    Errors: strings of different length cancel the request.
    Example: 'F0F0':x:{name}('CF5F':x):stringToHex -> {result}
    Page: m204wiki, {name} (String function)
    """
    FAMILY.method(name, page=f"{name} (String function)")(method)


for _row in _COMBINATIONS:
    _register_combination(*_row)


def _bit(method: str, data: bytearray, position: int) -> tuple[int, int]:
    """Return the index of the byte and the mask of bit `position`, counted from 1 at the left."""
    if not 1 <= position <= 8 * len(data):
        raise invalid(method, "BIT POSITION IS OUTSIDE THE STRING")
    return (position - 1) // 8, 0x80 >> (position - 1) % 8


@FAMILY.method("BitSetString", page="BitSetString (String function)")
def bit_set(string: str, position: int) -> str:
    """Switch one bit on.

    Arguments: position, from 1 at the left.
    Result: as long as the string.
    Errors: a position outside the string cancels the request.
    Example: '00':x:bitSetString(8):stringToHex -> 01
    Page: m204wiki, BitSetString (String function)
    """
    data = bytearray(to_ebcdic(string))
    at, mask = _bit("BitSetString", data, position)
    data[at] |= mask
    return from_ebcdic(bytes(data))


@FAMILY.method("BitClearString", page="BitClearString (String function)")
def bit_clear(string: str, position: int) -> str:
    """Switch one bit off.

    Arguments: position, from 1 at the left.
    Result: as long as the string.
    Errors: a position outside the string cancels the request.
    Example: 'FF':x:bitClearString(1):stringToHex -> 7F
    Page: m204wiki, BitClearString (String function)
    """
    data = bytearray(to_ebcdic(string))
    at, mask = _bit("BitClearString", data, position)
    data[at] &= ~mask & 0xFF
    return from_ebcdic(bytes(data))


@FAMILY.method("BitFlipString", page="BitFlipString (String function)")
def bit_flip(string: str, position: int) -> str:
    """Change one bit to the other value.

    Arguments: position, from 1 at the left.
    Result: as long as the string.
    Errors: a position outside the string cancels the request.
    Example: 'F0':x:bitFlipString(5):stringToHex -> F8
    Page: m204wiki, BitFlipString (String function)
    """
    data = bytearray(to_ebcdic(string))
    at, mask = _bit("BitFlipString", data, position)
    data[at] ^= mask
    return from_ebcdic(bytes(data))


@FAMILY.method("BitValueString", page="BitValueString (String function)")
def bit_value(string: str, position: int) -> int:
    """Return the value of one bit.

    Arguments: position, from 1 at the left.
    Result: 1 or 0.
    Errors: a position outside the string cancels the request.
    Example: '80':x:bitValueString(1) -> 1
    Page: m204wiki, BitValueString (String function)
    """
    data = bytearray(to_ebcdic(string))
    at, mask = _bit("BitValueString", data, position)
    return int(bool(data[at] & mask))


@FAMILY.method("BitCountString", page="BitCountString (String function)")
def bit_count(string: str) -> int:
    """Count the bits that are on.

    Arguments: none.
    Result: 0 or more.
    Example: 'F001':x:bitCountString -> 5
    Page: m204wiki, BitCountString (String function)
    """
    return int.from_bytes(to_ebcdic(string), "big").bit_count()


_DIGESTS = (
    ("MD5digest", "md5", 16),
    ("SHAdigest", "sha1", 20),
    ("SHA1digest", "sha1", 20),
    ("SHA224digest", "sha224", 28),
    ("SHA256digest", "sha256", 32),
    ("SHA384digest", "sha384", 48),
    ("SHA512digest", "sha512", 64),
)


def _register_digest(name: str, algorithm: str, size: int) -> None:
    def digest(string: str) -> str:
        import hashlib

        return from_ebcdic(hashlib.new(algorithm, to_ebcdic(string), usedforsecurity=False).digest())

    digest.__doc__ = f"""Return the {algorithm.upper()} digest of the EBCDIC bytes.

    Arguments: none.
    Result: {size} bytes.
    Example: 'abc':{name}:length -> {size}
    Page: m204wiki, {name} (String function)
    """
    FAMILY.method(name, page=f"{name} (String function)")(digest)


for _digest in _DIGESTS:
    _register_digest(*_digest)


@FAMILY.method("RC4encrypt", "RC4decrypt", page="RC4encrypt and RC4decrypt (String functions)")
def rc4(string: str, key: str) -> str:
    """Encrypt or decrypt with RC4; both are the same operation. Not safe by today's standards.

    Arguments: key, 1 to 255 bytes.
    Result: as long as the string.
    Errors: a null or longer key cancels the request.
    Example: 'attack at dawn':rc4encrypt('k1'):rc4decrypt('k1') -> attack at dawn
    Page: m204wiki, RC4encrypt and RC4decrypt (String functions)
    """
    secret = to_ebcdic(key)
    if not 1 <= len(secret) <= 255:
        raise invalid("RC4encrypt", "KEY MUST HAVE 1 TO 255 BYTES")
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + secret[i % len(secret)]) & 0xFF
        state[i], state[j] = state[j], state[i]
    output = bytearray()
    i = j = 0
    for byte in to_ebcdic(string):
        i = (i + 1) & 0xFF
        j = (j + state[i]) & 0xFF
        state[i], state[j] = state[j], state[i]
        output.append(byte ^ state[(state[i] + state[j]) & 0xFF])
    return from_ebcdic(bytes(output))


def _block_cipher(method: str, string: str, key: str, vector: str | None, *, encrypt: bool) -> str:
    """Run a block cipher in ECB mode, or in CBC mode when there is an initial vector."""
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, modes
    from cryptography.hazmat.primitives.ciphers.algorithms import AES

    size = int("".join(char for char in method if char.isdigit())) // 8
    secret, data = to_ebcdic(key), to_ebcdic(string)
    if len(secret) != size:
        raise invalid(method, f"KEY MUST HAVE {size} BYTES")
    algorithm: BlockCipherAlgorithm
    if method.startswith("AES"):
        algorithm = AES(secret)
    else:  # one and two keys are the three-key form with keys repeated
        algorithm = TripleDES((secret * 3)[:24] if size == 8 else secret + secret[: 24 - size])
    block = algorithm.block_size // 8
    if len(data) % block:
        raise invalid(method, f"LENGTH MUST BE A MULTIPLE OF {block} BYTES")
    mode: modes.ECB | modes.CBC = modes.ECB()  # the documented mode of the methods without a vector
    if vector is not None:
        start = to_ebcdic(vector)
        if len(start) != block:
            raise invalid(method, f"INITIAL VECTOR MUST HAVE {block} BYTES")
        mode = modes.CBC(start)
    cipher = Cipher(algorithm, mode)
    worker = cipher.encryptor() if encrypt else cipher.decryptor()
    return from_ebcdic(worker.update(data) + worker.finalize())


def _plain(name: str, *, encrypt: bool) -> Callable[[str, str], str]:
    def method(string: str, key: str) -> str:
        return _block_cipher(name, string, key, None, encrypt=encrypt)

    return method


def _chained(name: str, *, encrypt: bool) -> Callable[[str, str, str], str]:
    def method(string: str, key: str, vector: str) -> str:
        return _block_cipher(name, string, key, vector, encrypt=encrypt)

    return method


def _register_cipher(family: str, bits: str, block: int) -> None:
    name, size = f"{family}{bits}", int(bits) // 8
    key, vector, text = "k" * size, "v" * block, "0123456789abcdef"
    for way in ("encrypt", "decrypt"):
        plain = _plain(f"{name}{way}", encrypt=way == "encrypt")
        chained = _chained(f"{name}CBC{way}", encrypt=way == "encrypt")
        plain.__doc__ = f"""{way.capitalize()} with {name} in ECB mode.

    Arguments: key, {size} bytes; the method object is a multiple of {block} bytes.
    Result: as long as the method object.
    Errors: another length of key or string cancels the request.
    Example: '{text}':{name}encrypt('{key}'):{name}decrypt('{key}') -> {text}
    Page: m204wiki, {name}{way} (String function)
    """
        chained.__doc__ = f"""{way.capitalize()} with {name} in CBC mode.

    Arguments: key, {size} bytes; vector, {block} bytes; the method object is a multiple of {block} bytes.
    Result: as long as the method object.
    Errors: another length of key, vector or string cancels the request.
    Example: '{text}':{name}CBCencrypt('{key}', '{vector}'):{name}CBCdecrypt('{key}', '{vector}') -> {text}
    Page: m204wiki, {name}CBC{way} (String function)
    """
        FAMILY.method(f"{name}{way}", page=f"{name}{way} (String function)")(plain)
        FAMILY.method(f"{name}CBC{way}", page=f"{name}CBC{way} (String function)")(chained)


for _family, _bits, _block in (
    ("AES", "128", 16),
    ("AES", "192", 16),
    ("AES", "256", 16),
    ("DEA", "64", 8),
    ("DEA", "128", 8),
    ("DEA", "192", 8),
):
    _register_cipher(_family, _bits, _block)


@FAMILY.method("Deflate", page="Deflate (String function)")
def deflate(string: str, *, fixed_codes: bool = False) -> str:
    """Compress as RFC 1951 says.

    Arguments: FixedCodes, default False.
    Result: the compressed bytes.
    Example: 'ahoy ahoy':deflate:inflate -> ahoy ahoy
    Page: m204wiki, Deflate (String function)
    """
    return compress(string, fixed=fixed_codes)


@FAMILY.method("Inflate", page="Inflate (String function)")
def inflate(string: str) -> str:
    """Undo Deflate.

    Arguments: none.
    Result: at most 67108864 bytes.
    Errors: data that is not valid, incomplete or too large cancels the request.
    Example: 'ahoy':deflate(fixedCodes=true):inflate -> ahoy
    Page: m204wiki, Inflate (String function)
    """
    return decompress("Inflate", string)


@FAMILY.method("Gzip", page="Gzip (String function)")
def gzip(string: str) -> str:
    """Compress into an RFC 1952 container.

    Arguments: none.
    Result: gzip data.
    Example: 'ahoy':gzip:gunzip -> ahoy
    Page: m204wiki, Gzip (String function)
    """
    return compress(string, gzip=True)


@FAMILY.method("Gunzip", page="Gunzip (String function)")
def gunzip(string: str) -> str:
    """Undo Gzip.

    Arguments: none.
    Result: at most 67108864 bytes.
    Errors: data that is not valid, incomplete or too large cancels the request.
    Example: 'ahoy':gzip:gunzip -> ahoy
    Page: m204wiki, Gunzip (String function)
    """
    return decompress("Gunzip", string, gzip=True)
