"""Makes small pictures of large ones."""

import warnings
from pathlib import Path

from taskly.jobs.kinds.file.inputs import Input
from taskly.jobs.kinds.registry import JobError, Run

MOST_PIXELS = 100_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")


def shrink(file: Input, pixels: int, run: Run) -> Path:
    """A picture whose longest side has so many pixels, or as many as there were."""
    try:
        # An extra: only the process of a job that needs it loads it.
        from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415
    except ImportError as error:
        raise JobError("library_missing", "Install taskly[images] on the worker.") from error
    run.progress(None, "Shrinking")
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with warnings.catch_warnings():
            # A warning is all that Pillow says of a picture up to twice as large as it should be.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file.path, formats=FORMATS) as picture:
                small = ImageOps.exif_transpose(picture)
                small.thumbnail((pixels, pixels))
                has_holes = small.mode in ("RGBA", "LA", "P", "PA")
                target = run.folder / f"thumbnail.{'png' if has_holes else 'jpg'}"
                small.convert("RGBA" if has_holes else "RGB").save(target)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise JobError(
            "picture_too_large", f"{file.name} has over {MOST_PIXELS:,} pixels."
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise JobError("not_a_picture", f"{file.name} is no picture that can be read.") from error
    return target
