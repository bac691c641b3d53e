[device]
name = Entrance camera
# one or more
address = 192.0.2.100, fd00::100
mac = 44:19:b6:00:00:01
kind = camera
# optional, for inventory and report: vendor, model, firmware, serial, site, owner, asset

[stream main]
url = rtsp://192.0.2.100:554/Streaming/Channels/101
# tcp, udp, multicast, http or tls
transport = tcp
tracks = video, audio
# env:NAME, file:PATH or ask; never the secret itself
credentials = env:CAMERA_PASSWORD
allow-basic = no

[viewer]
# who may open the streams; default: the harness itself
address = 192.0.2.1

[service ntp]
# udp, tcp, icmp, icmpv6 or an IP protocol number
proto = udp
port = 123
# addresses, networks or host names (resolved by the capture's DNS answers, not the device's own)
to = 192.0.2.1
# out: the device opens it (default); in: the peer does; both
direction = out
max-bytes-per-day = 20000

[service onvif]
proto = tcp
port = 80
to = 192.0.2.1
direction = in

[dns]
names = updates.example.net, *.pool.example

[discovery]
# local discovery that may be there; its free text is still examined
allow = arp, nd, dhcp, igmp, mdns, ssdp, ws-discovery

[capture]
# for live runs
interface = eth1
max-bytes = 50000000000
rotate-bytes = 1000000000

[phases]
# seconds
idle = 60
stream = 120
after = 60

[stimulus light]
# run by the supervisor outside every sandbox; "ask" prompts the operator; as many sham blocks as blocks, in random order
command = ./light.sh
blocks = 12

[report]
laboratory = Example lab
evaluator = E. Xample
reference = 2026-014
