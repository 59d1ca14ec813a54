"""What Python's own parser finds in messages: one line of JSON for each file of the folders it is given.

{"path": …, "leaves": [{"type": "text/plain", "bytes": base64, "text": … or null, "coded": … or null}]}: a leaf is a part without parts
of its own, or a message within the message, written out; `coded` is its content as it came.
"""

import base64
import email
import email.generator
import io
import json
import pathlib
import sys


def written(message):
    out = io.BytesIO()
    email.generator.BytesGenerator(out, mangle_from_=False, maxheaderlen=0).flatten(message)
    return out.getvalue()


def text_of(part, data):
    for charset in (part.get_content_charset("utf-8"), "cp1252", "latin-1"):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeError):
            pass


def leaves(message):
    if message.get_content_maintype() == "message" and message.is_multipart():
        if message.get_content_type() == "message/delivery-status":
            data = b"\n".join(written(block) for block in message.get_payload())
        else:
            data = written(message.get_payload(0))
        yield message, data
    elif message.is_multipart():
        for part in message.get_payload():
            yield from leaves(part)
    else:
        yield message, message.get_payload(decode=True) or b""


def main():
    for folder in sys.argv[1:]:
        for path in sorted(pathlib.Path(folder).iterdir()):
            found = []
            for part, data in leaves(email.message_from_bytes(path.read_bytes())):
                is_text = part.get_content_maintype() == "text"
                found.append({
                    "type": part.get_content_type(),
                    "bytes": base64.b64encode(data).decode(),
                    "coded": None if part.is_multipart() else part.get_payload(),
                    "text": text_of(part, data) if is_text else None,
                })
            print(json.dumps({"path": str(path), "leaves": found}))


main()
