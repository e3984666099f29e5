"""What kind of file it is, by its first bytes and never by its name; and which kinds are taken."""

from __future__ import annotations

PDF, TEXT, ZIP, OLD = "application/pdf", "text/plain", "application/zip", "application/x-ole-storage"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
# (offset, bytes, media type): signatures of formats as their specifications give them
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"), (0, b"\x89PNG\r\n\x1a\n", "image/png"), (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"), (8, b"WEBP", "image/webp"), (0, b"II*\0", "image/tiff"), (0, b"MM\0*", "image/tiff"),
    (4, b"ftyphei", "image/heic"), (4, b"ftyphev", "image/heic"), (4, b"ftypmif1", "image/heic"), (4, b"ftypavif", "image/avif"),
    (4, b"ftypM4A", "audio/mp4"), (4, b"ftypqt", "video/quicktime"), (4, b"ftyp3g", "video/3gpp"), (4, b"ftyp", "video/mp4"),
    (4, b"moov", "video/quicktime"), (4, b"mdat", "video/quicktime"), (4, b"wide", "video/quicktime"),
    (8, b"AVI ", "video/x-msvideo"), (0, b"\x1aE\xdf\xa3", "video/x-matroska"), (0, b"\0\0\1\xba", "video/mpeg"),
    (0, b"\0\0\1\xb3", "video/mpeg"), (0, b"0&\xb2u\x8ef\xcf\x11", "video/x-ms-asf"), (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"), (0, b"\xff\xfb", "audio/mpeg"), (0, b"\xff\xf3", "audio/mpeg"), (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"), (0, b"\xff\xf9", "audio/aac"), (0, b"OggS", "audio/ogg"), (0, b"fLaC", "audio/flac"),
    (0, b"#!AMR", "audio/amr"), (0, b"%PDF-", PDF), (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD),
    (0, b"\xff\xfe", TEXT), (0, b"\xfe\xff", TEXT), (0, b"\xef\xbb\xbf", TEXT),
)
# The names of parts that stand, in the clear, near the head of a document that is an archive.
INSIDE: tuple[tuple[bytes, str], ...] = (
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
    (b"word/", WORD), (b"xl/", EXCEL), (b"ppt/", SLIDES),
)
EXTENSIONS = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/tiff": "tif", "image/heic": "heic",
    "image/avif": "avif", "audio/mp4": "m4a", "audio/wav": "wav", "audio/mpeg": "mp3", "audio/aac": "aac", "audio/ogg": "ogg",
    "audio/flac": "flac", "audio/amr": "amr", "video/quicktime": "mov", "video/3gpp": "3gp", "video/mp4": "mp4",
    "video/x-msvideo": "avi", "video/x-matroska": "mkv", "video/mpeg": "mpg", "video/x-ms-asf": "wmv", PDF: "pdf", TEXT: "txt",
    ZIP: "zip", OLD: "doc", WORD: "docx", EXCEL: "xlsx", SLIDES: "pptx", "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f")
ACTIVE = (b"#!", b"<", b"MZ")  # scripts, web pages and drawings with scripts, programs


def of(head: bytes) -> str:
    """The media type of a file with this head, at least 4,096 bytes of it or all; nothing for a kind that is not taken."""
    found = next((media for at, mark, media in SIGNATURES if head.startswith(mark, at)), "")
    if found == TEXT:
        return "" if head[2:].replace(b"\0", b"").lstrip(b"\xbf \t\r\n").startswith(ACTIVE) else TEXT
    if head.startswith(b"PK\x03\x04"):
        return next((media for mark, media in INSIDE if mark in head), ZIP)
    return found or ("" if head.lstrip().startswith(ACTIVE) or CONTROL & frozenset(head) else TEXT)


def extension(media: str) -> str:
    """How the name of a download ends."""
    return EXTENSIONS.get(media, "bin")
