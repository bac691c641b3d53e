"""What the cameras of bench-traffic need."""
import shutil
import subprocess


def encoders():
    if not shutil.which("ffmpeg"):
        return False
    done = subprocess.run(["ffmpeg", "-v", "error", "-encoders"], capture_output=True, text=True,
                          check=False)
    return "libx264 " in done.stdout and "libx265 " in done.stdout
