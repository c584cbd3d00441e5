#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The server of the demo's capture: DNS, HTTP and echo over IPv4 and IPv6 (see capture.sh)."""
import http.server
import socket
import socketserver
import struct
import threading

PAGE = b"<!doctype html><title>example</title><p>" + b"Nothing to see here. " * 240
ADDRESS = {1: socket.inet_pton(socket.AF_INET, "192.0.2.2"),  # A
           28: socket.inet_pton(socket.AF_INET6, "2001:db8::2")}  # AAAA


def dns_answer(query):
    """Answers a query of one question (RFC 1035, section 4)."""
    end = query.index(b"\0", 12) + 5
    kind = struct.unpack(">H", query[end - 4:end - 2])[0]
    data = ADDRESS.get(kind)
    head = query[:2] + struct.pack(">HHHHH", 0x8580, 1, 1 if data else 0, 0, 0)
    record = struct.pack(">HHHIH", 0xC00C, kind, 1, 300, len(data)) + data if data else b""
    return head + query[12:end] + record


class DnsOverUdp(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        sock.sendto(dns_answer(data), self.client_address)


class DnsOverTcp(socketserver.StreamRequestHandler):
    def handle(self):
        size = struct.unpack(">H", self.rfile.read(2))[0]
        answer = dns_answer(self.rfile.read(size))
        self.wfile.write(struct.pack(">H", len(answer)) + answer)


class EchoOverUdp(socketserver.BaseRequestHandler):
    def handle(self):
        self.request[1].sendto(self.request[0], self.client_address)


class EchoOverTcp(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


class Http(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = "example", ""

    def do_GET(self):
        body = PAGE if self.path == "/page" else PAGE[:200]
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def serve(base, port, handler):
    for family, address in (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"):
        class Server(base):
            address_family = family
            allow_reuse_address = True

            def server_bind(self):
                if self.address_family == socket.AF_INET6:
                    self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                socketserver.TCPServer.server_bind(self)

        threading.Thread(target=Server((address, port), handler).serve_forever).start()


serve(socketserver.ThreadingUDPServer, 53, DnsOverUdp)
serve(socketserver.ThreadingTCPServer, 53, DnsOverTcp)
serve(socketserver.ThreadingUDPServer, 7, EchoOverUdp)
serve(socketserver.ThreadingTCPServer, 7, EchoOverTcp)
serve(socketserver.ThreadingTCPServer, 80, Http)
