"""A person's picture: decoded here and written anew, so that nothing of what was uploaded but its look remains."""

import io
import secrets
import warnings
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from workspaces.errors import Refused

SIDE = 256  # pixels
MAX_PIXELS = 50_000_000  # of a JPEG, which is read smaller than it is: a phone's camera makes 50 megapixels
MAX_PIXELS_WHOLE = 16_000_000  # of the others, each pixel of which takes four bytes while they are read
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")  # only their decoders run, whatever the file calls itself


def cleaned(upload: UploadedFile[Any], *, max_bytes: int) -> ContentFile[bytes]:
    """A square WebP of `SIDE` pixels, without metadata, under a random name.

    Raises Refused where the file is too large, is no picture of a known kind, or would unfold into far more memory
    than its size tells.
    """
    if (upload.size or 0) > max_bytes:
        raise Refused(
            _("The picture may have %(size)s MB. Choose a smaller one.") % {"size": max_bytes // 1_048_576}
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(upload.read()), formats=FORMATS) as image:
                if image.width * image.height > (MAX_PIXELS if image.format == "JPEG" else MAX_PIXELS_WHOLE):
                    raise Refused(_("The picture has too many pixels. Choose a smaller one."))
                image.draft(
                    "RGB", (SIDE * 2, SIDE * 2)
                )  # lets the JPEG decoder skip what would be thrown away
                square = ImageOps.exif_transpose(_fitted(image)).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        raise Refused(_("That is not a picture we can read. Choose a JPEG, PNG, WebP or GIF.")) from None
    written = io.BytesIO()
    square.save(written, "WEBP", quality=82, method=4)
    return ContentFile(written.getvalue(), name=f"{secrets.token_hex(8)}.webp")


def _fitted(image: Image.Image) -> Image.Image:
    """The middle of it as a square of SIDE, before anything else makes copies of the whole."""
    smooth = image if image.mode in ("L", "LA", "RGB", "RGBA") else image.convert("RGBA")
    return ImageOps.fit(smooth, (SIDE, SIDE))
