#!/usr/bin/python3
"""A camera of GStreamer's making: gst-rtsp-server serves a small picture and a tone.

It speaks what our own simulated camera does not: multicast, RTSP in an HTTP tunnel, and TLS.
Says "ready" when it serves, or "missing: WHAT" when something is not installed (status 77), for
which alone it looks with --look.
Usage: gst-camera.py --look | ADDRESS PORT [--multicast GROUP] [--tls PEM] [--user NAME:PASSWORD]
"""
import argparse
import sys

try:
    import gi
    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtsp", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer
except (ImportError, ValueError) as problem:
    print("missing:", problem)
    sys.exit(77)

ELEMENTS = "videotestsrc x264enc rtph264pay audiotestsrc alawenc rtppcmapay".split()
LAUNCH = ("( videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1"
          " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=800"
          " ! rtph264pay name=pay0 pt=96 config-interval=1"
          " audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc"
          " ! rtppcmapay name=pay1 pt=8 )")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("port")
    parser.add_argument("--multicast", help="first address of the pool")
    parser.add_argument("--tls", help="certificate and key in one file")
    parser.add_argument("--user", help="name:password, asked for with Digest")
    return parser.parse_args()


def guard(server, factory, options):
    """Credentials and encryption are one object here."""
    auth = GstRtspServer.RTSPAuth()
    if options.tls:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(options.tls))
    role = "anonymous"
    token = GstRtspServer.RTSPToken()
    if options.user:
        role = "viewer"
        name, _, password = options.user.partition(":")
        token.set_string("media.factory.role", role)
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(name, password, token)
    else:
        token.set_string("media.factory.role", role)
        auth.set_default_token(token)
    factory.add_role_from_structure(Gst.Structure.from_string(
        f"{role}, media.factory.access=(boolean)true, media.factory.construct=(boolean)true")[0])
    server.set_auth(auth)


def main():
    Gst.init(None)
    missing = [name for name in ELEMENTS if not Gst.ElementFactory.find(name)]
    if missing:
        print("missing:", *missing)
        return 77
    if sys.argv[1:] == ["--look"]:
        return 0
    options = arguments()
    server = GstRtspServer.RTSPServer()
    server.set_address(options.address)
    server.set_service(options.port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(LAUNCH)
    factory.set_shared(True)
    if options.multicast:
        pool = GstRtspServer.RTSPAddressPool()
        pool.add_range(options.multicast, options.multicast, 5000, 5010, 1)
        factory.set_address_pool(pool)
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP_MCAST)
    else:
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP | GstRtsp.RTSPLowerTrans.TCP)
    if options.tls or options.user:
        guard(server, factory, options)
    server.get_mount_points().add_factory("/live", factory)
    if server.attach(None) == 0:
        print("missing: port", options.port)
        return 77
    print("ready", flush=True)
    GLib.MainLoop().run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
