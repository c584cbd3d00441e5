#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vlan.py WIRE NAME ID ADDRESS: a VLAN interface for kernels that have none (see capture.sh).

Frames written to the TAP device NAME go out on WIRE with an 802.1Q tag; tagged frames of that VLAN
from WIRE come out of NAME without it. The kernel hands a received tag over beside the frame, in
PACKET_AUXDATA (packet(7))."""
import fcntl
import select
import socket
import struct
import subprocess
import sys

wire, name, vlan, address = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 2, 0x1000
ETH_P_ALL, ETH_P_8021Q = 3, 0x8100
SOL_PACKET, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING = 263, 8, 23
TP_STATUS_VLAN_VALID = 1 << 4

tap = open("/dev/net/tun", "r+b", buffering=0)
fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
subprocess.run(["ip", "link", "set", name, "address", address, "mtu", "1496"], check=True)
subprocess.run(["ip", "link", "set", wire, "promisc", "on"], check=True)
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
raw.bind((wire, ETH_P_ALL))
raw.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
raw.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)

while True:
    for ready in select.select([tap, raw], [], [])[0]:
        if ready is tap:
            frame = tap.read(65536)
            raw.send(frame[:12] + struct.pack(">HH", ETH_P_8021Q, vlan) + frame[12:])
            continue
        frame, ancillary, _, _ = raw.recvmsg(65536, 256)
        for level, kind, data in ancillary:
            if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                status, tci = struct.unpack("I12xH", data[:18])
                if status & TP_STATUS_VLAN_VALID and tci & 0xFFF == vlan:
                    try:
                        tap.write(frame)
                    except OSError:
                        pass  # the device is not up yet
