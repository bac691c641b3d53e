#!/usr/bin/python3
"""The same capture, as if another maker had built the devices in it.

usage: neutral.py MAKER CAPTURE OUTPUT [DOMAIN...]

Puts another OUI into every globally administered link address (in frames, ARP, DHCP, neighbour
discovery, IPv6 addresses made of it, and text), another maker's words where a Server header, an
SDP session name, a DHCP vendor class, an SSDP or mDNS text or a name of a maker stands, and
another maker's domains and addresses in the place of DOMAIN and of the addresses that its names
resolve to.  All lengths stay; checksums are mended by the difference, so that one that was wrong
stays wrong.  Reads pcap and pcapng with frames of Ethernet and Linux' cooked ones.
"""
import base64
import collections
import ipaddress
import re
import struct
import sys

# Name, OUI, what its servers and its sessions are called, DHCP class; whose domains and addresses
# (rows of ledger/endpoints.tsv) are put in.
MAKERS = {
    "Hikvision": (b"\x44\x19\xb6", "Hikvision-Webs", "Media Presentation", "udhcp hikvision ds-2cd",
                  ["Hikvision", "EZVIZ", "Dahua", "Imou", "Xiongmai", "Tuya"]),
    "Dahua": (b"\x3c\xef\x8c", "Dahua Rtsp Server", "RTSP Session of ZheJiang Dahua",
              "dahua dh-ipc network camera",
              ["Dahua", "Imou", "Reolink", "ThroughTek Kalay", "TP-Link", "Xiongmai"]),
    "Axis": (b"\x00\x40\x8c", "Linux/4.9-axis8, UPnP/1.0, Portable SDK for UPnP devices/1.6",
             "AXIS Media Server", "AXIS,Network Camera,M1065-L,7.40",
             ["Axis", "Netatmo", "Ring", "Dropcam", "Canary", "August", "Samsung"]),
    "Bosch": (b"\x00\x07\x5f", "VCS-VIDOS-NVR", "LIVE VIEW BOSCH", "Bosch Security Systems camera",
              ["Samsung", "Belkin", "BlackVue", "Netatmo", "Dropcam", "Ring"]),
}

# Makers' names as they stand in traffic; no common words among them.
NAMES = ["hikvision", "dahua", "xiongmai", "reolink", "uniview", "tiandy", "huawei", "hytera",
         "belkin", "withings", "philips", "netatmo", "samsung", "edimax", "d-link", "tp-link",
         "tplink", "cellvision", "vivotek", "mobotix", "hanwha", "panasonic", "foscam", "amcrest",
         "meethue", "simulated", "gstreamer"]


def fit(words, length):
    """Exactly @length characters of @words, over and over."""
    text = (words + "-") * (length // (len(words) + 1) + 1)
    text = text[:length]
    return text[:-1] + "x" if text.endswith((" ", ",", ";", "-", ".", "/")) else text


def cased(words, like):
    """@words in the case of @like."""
    return words.upper() if like.isupper() else words.lower() if like.islower() else \
        words.capitalize()


# --- frames ---

ETHERNET, COOKED = 1, 113


def records(octets):
    """Offset and length of each frame, and its linktype."""
    if octets[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\xc3\xd4",
                      b"\xa1\xb2\x3c\x4d"):
        order = "<" if octets[0] in (0xd4, 0x4d) else ">"
        linktype = struct.unpack_from(order + "I", octets, 20)[0] & 0xffff
        at = 24
        while at + 16 <= len(octets):
            length = struct.unpack_from(order + "I", octets, at + 8)[0]
            yield at + 16, length, linktype
            at += 16 + length
        return
    order, linktypes, at = "<", [], 0
    while at + 12 <= len(octets):
        kind = struct.unpack_from(order + "I", octets, at)[0]
        if octets[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if octets[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            linktypes, kind = [], 0
        length = struct.unpack_from(order + "I", octets, at + 4)[0]
        if kind == 1:
            linktypes.append(struct.unpack_from(order + "H", octets, at + 8)[0])
        elif kind == 6:
            interface = struct.unpack_from(order + "I", octets, at + 8)[0]
            captured = struct.unpack_from(order + "I", octets, at + 20)[0]
            yield at + 28, captured, linktypes[interface]
        at += length


# --- checksums ---

def total(octets):
    if len(octets) % 2:
        octets = octets + b"\0"
    value = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while value >> 16:
        value = (value & 0xffff) + (value >> 16)
    return value


def mend(frame, at, before, after):
    """RFC 1624: the field at @at changes as what it covers did."""
    old = struct.unpack_from(">H", frame, at)[0]
    value = (~old & 0xffff) + (~total(before) & 0xffff) + total(after)
    while value >> 16:
        value = (value & 0xffff) + (value >> 16)
    new = ~value & 0xffff
    if total(before) != total(after):
        struct.pack_into(">H", frame, at, new)


def mend_ip(old, new, at):
    """The checksums of the IP packet at @at of frames that were @old and are @new."""
    if at + 20 > len(old):
        return
    version = old[at] >> 4
    if version == 4:
        head, protocol, field = (old[at] & 15) * 4, old[at + 9], at + 10
        addresses = slice(at + 12, at + 20)
        first = struct.unpack_from(">H", old, at + 6)[0] & 0x1fff == 0
        end = min(at + struct.unpack_from(">H", old, at + 2)[0], len(old))
        mend(new, field, old[at:field] + old[field + 2:at + head],
             bytes(new[at:field] + new[field + 2:at + head]))
    elif version == 6 and at + 40 <= len(old):
        head, protocol, addresses, first = 40, old[at + 6], slice(at + 8, at + 40), True
        end = min(at + 40 + struct.unpack_from(">H", old, at + 4)[0], len(old))
        if protocol == 0 and at + 48 <= len(old):  # hop-by-hop: multicast listener reports
            protocol, head = old[at + 40], 48 + 8 * old[at + 41]
    else:
        return
    fields = {1: 2, 6: 16, 17: 6, 58: 2}
    if protocol == 1:  # no pseudo header (RFC 792)
        addresses = slice(0, 0)
    place = at + head + fields.get(protocol, 0)
    if protocol not in fields or not first or place + 2 > end:
        return
    if protocol == 17 and old[place:place + 2] == b"\0\0":
        return
    # Left to the interface: the sum of the pseudo header alone (RFC 9293 section 3.1).
    pseudo = struct.pack(">HH", protocol, end - at - head)
    if old[place:place + 2] == struct.pack(">H", total(old[addresses] + pseudo)):
        struct.pack_into(">H", new, place, total(bytes(new[addresses]) + pseudo))
        return
    mend(new, place, old[addresses] + old[at + head:place] + old[place + 2:end],
         bytes(new[addresses] + new[at + head:place] + new[place + 2:end]))


def network(frame, linktype):
    """Offset of the network header of a frame and its EtherType."""
    at = 14 if linktype == ETHERNET else 16
    kind = struct.unpack_from(">H", frame, at - 2)[0]
    while kind in (0x8100, 0x88a8) and at + 4 <= len(frame):
        kind, at = struct.unpack_from(">H", frame, at + 2)[0], at + 4
    return at, kind


# --- what is put in ---

def link_addresses(frames):
    """The globally administered senders."""
    return sorted({frame[6:12] for frame, _ in frames if not frame[6] & 3 and any(frame[6:12])})


def mac_pairs(macs, oui):
    """Each form in which an address may stand, and the new one."""
    pairs = []
    for mac in macs:
        new = oui + mac[3:]
        for old, put in ((mac, new), (bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:],
                                     bytes([new[0] ^ 2]) + new[1:3] + b"\xff\xfe" + new[3:])):
            pairs.append((old, put))
        for join in (":", "-", "", "."):
            for case in (str.lower, str.upper):
                pairs.append((case(join.join(f"{o:02x}" for o in mac)).encode(),
                              case(join.join(f"{o:02x}" for o in new)).encode()))
        pairs.append((base64.b64encode(mac), base64.b64encode(new)))
        for case in (str.lower, str.upper):
            pairs.append(tuple(case(m[:3].hex() + "fffe" + m[3:].hex()).encode()
                               for m in (mac, new)))
        host, new_host = (f"{m[0] ^ 2:02x}{m[1]:02x}:{m[2]:02x}ff:fe{m[3]:02x}".encode()
                          for m in (mac, new))
        pairs.append((host, new_host))
    return pairs


def endpoint_rows(path):
    with open(path, encoding="utf-8") as file:
        return [line.split("\t") for line in file.read().splitlines()[1:]]


def domain_pool(rows, vendors):
    """Domains of these makers, in the order of @vendors."""
    pool = []
    for vendor in vendors:
        for row in rows:
            for name in row[1].split() if row[0] == vendor else []:
                name = ".".join(name.replace("*.", "").split(".")[-2:])
                if name != "-" and name not in pool:
                    pool.append(name)
    return pool


def lengths(name):
    return [len(label) for label in name.split(".")]


def wire(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))


def domain_pairs(domains, pool, maker):
    """A domain of the maker's sort with labels of the same lengths, no two alike; where there is
    none, its name to the length."""
    pairs, chosen = [], {}
    pool = [name for name in pool if name not in domains]
    for domain in domains:
        new = next((name for name in pool if lengths(name) == lengths(domain)
                    and name not in chosen.values()), None)
        if new is None:
            labels = domain.split(".")
            new = fit(maker.lower() + str(len(chosen)), len(labels[0])) + "." + ".".join(labels[1:])
        chosen[domain] = new
        for case in (str.lower, str.upper, str.capitalize):
            pairs.append((wire(case(domain)), wire(case(new))))
            pairs.append((case(domain).encode(), case(new).encode()))
    return pairs, chosen


def answers(frames, domains):
    """The IPv4 addresses that names of the domains resolve to, in the capture's own answers."""
    found = []
    for frame, linktype in frames:
        at, kind = network(frame, linktype)
        if kind != 0x0800 or at + 28 > len(frame) or frame[at + 9] != 17:
            continue
        udp = at + (frame[at] & 15) * 4
        if frame[udp:udp + 2] != b"\0\x35":
            continue
        message = frame[udp + 8:]
        if not any(wire(domain) in message.lower() for domain in domains):
            continue
        for record in re.finditer(rb"\x00\x01\x00\x01....\x00\x04(....)", message[12:], re.S):
            address = ipaddress.ip_address(record.group(1))
            if address.is_global and address not in found:
                found.append(address)
    return found


def alike(address, number):
    """A public address with as many digits in each octet, the @number-th such."""
    digits = [len(octet) for octet in str(address).split(".")]
    first, middle, last = {1: 5, 2: 62, 3: 195}, {1: 7, 2: 45, 3: 121}, {1: 2, 2: 10, 3: 100}
    return ipaddress.ip_address(f"{first[digits[0]]}.{middle[digits[1]]}.{middle[digits[2]]}."
                                f"{last[digits[3]] + number}")


def address_map(addresses, rows, vendors):
    """Addresses of makers where they are as long as text, others where they are not."""
    pool = [ipaddress.ip_address(text) for vendor in vendors for row in rows if row[0] == vendor
            for text in row[2].split() if text != "-" and ":" not in text]
    chosen = {}
    for address in addresses:
        choice = pool + [alike(address, number) for number in range(8)]
        chosen[address] = next(new for new in choice if len(str(new)) == len(str(address))
                               and new not in chosen.values() and new not in addresses)
    return chosen


# --- together ---

def word_rule(maker, pairs, kinds):
    """All pairs, and makers' names, in one pass: what was put in stays.  @kinds counts."""
    by_old = dict(pairs)
    fixed = b"|".join(re.escape(old) for old in sorted(by_old, key=len, reverse=True))
    names = b"|".join(re.escape(name.encode()) for name in NAMES)

    def put(match):
        if match.group(1):
            kinds["domain" if b"." in match.group(1) or match.group(1)[0] < 32 else "mac"] += 1
            return by_old[match.group(1)]
        kinds["name"] += 1
        return cased(fit(maker, len(match.group(2))), match.group(2).decode()).encode()

    return re.compile(b"(" + fixed + b")|(?i:(" + names + b"))"), put


def line_rules(maker, kinds):
    """Lines in which a maker names itself."""
    _, server, session, _, _ = MAKERS[maker]
    lines = [(rb"(?im)(^(?:server|x-powered-by): ?)", "server", server),
             (rb"(?m)(^s=)", "session", session), (rb"(?m)(^a=tool:)", "session", server)]

    def rule(start, kind, words):
        def put(match):
            kinds[kind] += 1
            return match.group(1) + fit(words, len(match.group(2))).encode()
        return re.compile(start + rb"([^\r\n]{4,200})(?=\r?\n)"), put

    return [rule(*line) for line in lines]


def put_dhcp_class(frame, dhcp, kinds):
    """Option 60, which makers write their name into (RFC 2132 section 9.13)."""
    cookie = frame.find(b"\x63\x82\x53\x63")
    at = cookie + 4
    while cookie > 0 and at + 2 <= len(frame) and frame[at] != 255:
        if frame[at] == 0:
            at += 1
            continue
        length = frame[at + 1]
        if frame[at] == 60 and at + 2 + length <= len(frame):
            frame[at + 2:at + 2 + length] = fit(dhcp, length).encode()
            kinds["dhcp"] += 1
        at += 2 + length


def swapped_frame(old, linktype, word, lines, addresses, dhcp, kinds):
    at, kind = network(old, linktype)
    pattern, put = word
    new = pattern.sub(put, old)
    for pattern, put in lines:
        new = new[:at] + pattern.sub(put, new[at:])
    new = bytearray(new)
    if kind == 0x0800 and at + 20 <= len(old):
        udp = at + (old[at] & 15) * 4
        ports = old[udp:udp + 4]
        for one, other in addresses.items():
            for place in (at + 12, at + 16):
                if new[place:place + 4] == one.packed:
                    kinds["address"] += 1
                    new[place:place + 4] = other.packed
            new = new.replace(str(one).encode(), str(other).encode())
            if b"\0\x35" in (ports[:2], ports[2:]):
                new[udp + 8:] = new[udp + 8:].replace(one.packed, other.packed)
        if ports in (b"\0\x43\0\x44", b"\0\x44\0\x43"):
            put_dhcp_class(new, dhcp, kinds)
    if kind in (0x0800, 0x86dd):
        mend_ip(old, new, at)
    assert len(new) == len(old)
    return bytes(new)


def swap(octets, maker, endpoints, domains=(), peers=()):
    """The capture with another maker; also what became of text, for a profile of it."""
    oui, _, _, dhcp, vendors = MAKERS[maker]
    rows = endpoint_rows(endpoints)
    places = [(at, length, linktype) for at, length, linktype in records(octets)
              if linktype in (ETHERNET, COOKED) and length >= 16]
    frames = [(octets[at:at + length], linktype) for at, length, linktype in places]
    domain_swaps, chosen = domain_pairs(list(domains), domain_pool(rows, vendors), maker)
    pairs = mac_pairs(link_addresses(frames), oui) + domain_swaps
    known = answers(frames, domains) + [ipaddress.ip_address(peer) for peer in peers]
    addresses = address_map(known, rows, vendors)
    kinds = collections.Counter()
    word, lines = word_rule(maker, pairs, kinds), line_rules(maker, kinds)
    into = bytearray(octets)
    changed = 0
    for at, length, linktype in places:
        old = octets[at:at + length]
        into[at:at + length] = swapped_frame(old, linktype, word, lines, addresses, dhcp, kinds)
        changed += into[at:at + length] != old
    texts = [(one.decode(), other.decode()) for one, other in pairs
             if one.isascii() and other.isascii() and one.decode().isprintable()]
    texts += [(str(one), str(other)) for one, other in addresses.items()]
    return bytes(into), texts, {"frames": changed, "kinds": kinds, "domains": chosen,
                                "addresses": {str(one): str(other)
                                              for one, other in addresses.items()}}


if __name__ == "__main__":
    with open(sys.argv[2], "rb") as file:
        capture = file.read()
    result, _, what = swap(capture, sys.argv[1], "ledger/endpoints.tsv", sys.argv[4:])
    with open(sys.argv[3], "wb") as file:
        file.write(result)
    print(what)
