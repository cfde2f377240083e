"""The kind `download`: video, audio and subtitles from web addresses, whole or a part."""
