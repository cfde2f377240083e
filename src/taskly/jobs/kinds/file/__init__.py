"""The kind `file`: packs, unpacks, sums, converts and shrinks files of earlier jobs."""
