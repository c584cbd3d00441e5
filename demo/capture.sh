#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Records demo/traffic.pcap: what real programs (ping, dig, curl, openssl, nc, tracepath) say to a
# server over IPv4, IPv6 and a VLAN. Runs as root in network and mount namespaces of its own, on
# addresses and names set aside for documentation; nothing leaves the machine.
#     demo/capture.sh [OUT.pcap]
# Needs: iproute2 ethtool tcpdump iputils-ping iputils-tracepath bind9-dnsutils curl openssl
#        netcat-openbsd python3
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath "${1:-$here/traffic.pcap}")

if [[ ${CAPTURE_INSIDE:-} != yes ]]; then
    CAPTURE_INSIDE=yes exec unshare --net --mount --pid --fork --mount-proc "$0" "$out"
fi
mount -t tmpfs none /run
work=/run/capture
mkdir $work
cd $work

# ---- Two hosts on one wire: here the clients, in the other namespace the server ----

server() {
    ip netns exec server "$@"
}

ip netns add server
ip link add wire address 02:00:00:00:00:01 type veth \
    peer name wire address 02:00:00:00:00:02 netns server
for side in '' server; do
    # Checksums and segmentation as on a real wire, not left to the card.
    $side ethtool -K wire tx off rx off tso off gso off gro off >/dev/null 2>&1
    $side ip link set lo up
    $side ip link set wire up
done
for host in 1 10 20 66; do
    ip addr add 192.0.2.$host/25 dev wire
    ip addr add 2001:db8::$host/64 dev wire nodad
done
server ip addr add 192.0.2.2/25 dev wire
server ip addr add 2001:db8::2/64 dev wire nodad

# VLAN 100; where the kernel has no VLAN driver, a TAP device and a few lines do its work.
vlan() {
    local side=$1 address=$2
    if ! $side ip link add link wire name vlan100 type vlan id 100 2>/dev/null; then
        $side python3 "$here/vlan.py" wire vlan100 100 "$address" &
        until $side ip link show vlan100 >/dev/null 2>&1; do sleep 0.1; done
    fi
    $side ip link set vlan100 up
}
vlan '' 02:00:00:00:00:11
vlan server 02:00:00:00:00:12
ip addr add 192.0.2.129/25 dev vlan100
ip addr add 2001:db8:100::1/64 dev vlan100 nodad
server ip addr add 192.0.2.130/25 dev vlan100
server ip addr add 2001:db8:100::2/64 dev vlan100 nodad

# ---- What the server offers: DNS, HTTP on 80, TLS on 443, echo on 7 ----

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
    -subj /CN=www.example -keyout key.pem -out cert.pem 2>/dev/null
server python3 "$here/servers.py" &
server openssl s_server -quiet -accept '*:443' -cert cert.pem -key key.pem -www >/dev/null 2>&1 &

ip netns exec server tcpdump -Z root -i wire -s 0 -U -w "$out" >/dev/null 2>tcpdump.log &
recorder=$!
until grep -q listening tcpdump.log; do sleep 0.1; done
sleep 1

# ---- What the clients do ----

quiet() {
    "$@" >/dev/null 2>&1 || true
}
http() { # http FROM URL
    quiet curl -s --interface "$1" --resolve www.example:80:192.0.2.2 \
        --resolve www6.example:80:'[2001:db8::2]' "$2"
}
tls() { # tls FROM ADDRESS
    printf 'GET / HTTP/1.0\r\n\r\n' |
        quiet timeout 5 openssl s_client -connect "$2:443" -bind "$1:0" -servername www.example -quiet
}

for from in 192.0.2.1 192.0.2.10 192.0.2.66; do
    if [[ $from = 192.0.2.66 ]]; then # knocks at services that are not there, one after another
        quiet nc -z -w 1 -s $from 192.0.2.2 20-30
    fi
    quiet ping -c 12 -i 0.02 -W 1 -I $from 192.0.2.2
    http $from http://www.example/
    http $from http://www.example/page
    for name in www mail ns1 printer db; do
        quiet dig +time=1 +tries=1 -b $from @192.0.2.2 $name.example A
    done
    tls $from 192.0.2.2
done
for from in 2001:db8::1 2001:db8::20 2001:db8::66; do
    quiet ping -c 12 -i 0.02 -W 1 -I $from 2001:db8::2
    http $from http://www6.example/
    http $from http://www6.example/page
    for name in www6 mail ns1 printer db; do
        quiet dig +time=1 +tries=1 -b $from @2001:db8::2 $name.example AAAA
    done
    tls "[$from]" '[2001:db8::2]'
done
quiet dig +tcp @192.0.2.2 www.example A
quiet dig +tcp @2001:db8::2 www6.example AAAA

# Pings too large for a packet: fragments.
quiet ping -c 4 -i 0.05 -s 4000 192.0.2.2
quiet ping -c 4 -i 0.05 -s 4000 2001:db8::2

# The VLAN.
quiet ping -c 10 -i 0.02 192.0.2.130
quiet ping -c 10 -i 0.02 2001:db8:100::2
quiet curl -s http://192.0.2.130/page
quiet curl -s 'http://[2001:db8:100::2]/'
quiet dig @192.0.2.130 vlan.example A
quiet dig @2001:db8:100::2 vlan.example AAAA

# Talk over TCP and UDP; services that are not there.
for line in 'one' 'and two' 'and the third'; do
    printf '%s\n' "$line"
    sleep 0.05
done | tee >(quiet nc -q 1 -s 192.0.2.20 192.0.2.2 7) >(quiet nc -q 1 -6 2001:db8::2 7) \
    >(quiet nc -u -q 1 -s 192.0.2.20 192.0.2.2 7) >/dev/null
sleep 1.5
quiet nc -z -w 1 -s 192.0.2.20 192.0.2.2 23
quiet nc -z -w 1 -6 2001:db8::2 23
quiet nc -z -u -w 1 192.0.2.2 5060
quiet tracepath -n 192.0.2.2
quiet tracepath -n 2001:db8::2
for i in $(seq 20); do
    http 192.0.2.20 "http://www.example/?$i"
done

sleep 1
kill $recorder
wait $recorder || true
grep captured tcpdump.log
ls -l "$out"
