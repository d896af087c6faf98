/** A scenario that has every construct of the language once, for tests. */
export const EVERY_CONSTRUCT = `/* Every construct once. */
link wire { rate 10Gbps; delay 50us; loss 0.1%; loss frame 3, 7 from server.eth0 when udp.dport == 53 && frame.length > 100 }
link far { cut from 20ms until 50ms; cut from 90ms; fast-link-down 10ms; autonegotiation 2s }
host server {
  cpus 4
  nic eth0 {
    link wire
    driver igb
    address 10.0.0.1/24
    address 10.3.0.3/24
    mac 02:00:00:00:00:01
    mtu 1500
    rx-ring 256
    tx-ring 256
    queues 2
    txqueuelen 1000
    tso-last-flags 3967
    irq cpu 1 2
    coalesce { rx-usecs 3; tx-usecs 0 }
    offloads { tcp-segmentation-offload = off; gro = on }
    rps_cpus 2 3
    rps_flow_cnt 256
    xps_cpus queue 0 cpu 1
    gro_flush_timeout 20us
    napi_defer_hard_irqs 2
    threaded on
    qdisc tbf { rate 100Mbps; burst 32KiB; limit 64KiB }
  }
  nic eth1 { link far; address 10.2.0.1/24; qdisc pfifo_fast }
  bridge br0 { ageing-time 100s; port veth1; address 10.5.0.1/24; mac 02:00:00:00:00:99; mtu 1400 }
  route default via 10.0.0.2 dev eth0
  route 192.168.0.0/16 via 10.0.0.2 { mtu lock 1400; advmss 1360; initcwnd 30; initrwnd 40; rto_min 20ms; quickack 1; features ecn }
  neighbour 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
  sysctl { net.ipv4.tcp_rmem = 4096 131072 6291456; net.ipv4.ip_forward = 1; net.ipv4.tcp_congestion_control = reno }
  netfilter ip {
    chain input { drop when udp.dport == 53; accept; count when ip.saddr == 10.0.0.2 }
    chain raw prerouting { notrack when udp.dport == 53 }
    chain nat prerouting { dnat to 10.2.0.9:80 when tcp.dport == 8080; redirect to :3128 when tcp.dport == 80 }
    chain nat postrouting { snat to 10.0.0.1:1024-2048 when oif == 'eth0'; masquerade to :1024-65535; snat to 10.0.0.1 }
    chain filter output { drop when ct.invalid }
    chain forward { reject with icmp admin-prohibited when udp.dport == 53; reject with tcp reset quota 4KiB; reject }
  }
  process echo on cpu 0 at 1ms {
    listener = socket(AF_INET, SOCK_STREAM)
    bind(listener, 0.0.0.0:7)
    listen(listener, 128)
    ep = epoll_create1()
    epoll_ctl(ep, EPOLL_CTL_ADD, listener, EPOLLIN)
    loop {
      each event in epoll_wait(ep) {
        if event.fd == listener {
          epoll_ctl(ep, EPOLL_CTL_ADD, accept4(listener, SOCK_NONBLOCK), EPOLLIN | EPOLLET)
        } else if event.events & EPOLLHUP {
          close(event.fd)
        } else {
          data = recv(event.fd, 4KiB)
          if data.length == 0 { close(event.fd) } else { send(event.fd, data, MSG_DONTWAIT) }
        }
      }
    }
  }
}
host client {
  nic eth0 { link wire; address 10.0.0.2/24 }
  process app {
    fd = socket(AF_INET, SOCK_STREAM)
    ret = connect(fd, 10.0.0.1:7)
    if ret < 0 { exit }
    repeat 10 { send(fd, 1400B); compute 20us; sleep 1ms }
    total = 0
    loop {
      data = recv(fd, 64KiB)
      if data.length == 0 { break }
      total = total + data.length
      if total > 5000 && ! (data.length == 3) { continue }
    }
    watched = [pollfd(fd, POLLIN | POLLRDHUP), pollfd(-1, POLLOUT)]
    if poll(watched, 5ms) > 0 && watched[0].revents & POLLHUP { exit }
    readers = [fd] + []
    select(fd + 1, readers, [], NULL, 5ms)
    each one in [
      fd,
      total,
    ] { FD_CLR(one, readers) }
    shutdown(fd, SHUT_WR)
    close(fd)
  }
}
host third { nic eth0 { link far; address 10.2.0.2/24 } }
veth inside { end server.veth1; end third.veth1 }
veth pair { end server.veth0 { address 10.1.0.1/24; mtu 1400 }; end client.veth0 { address 10.1.0.2/24 } }
traffic {
  from 1ms every 10us count 1000: udp from 10.0.0.9 port 5000 to server port 53 payload 64B, enters wire at server
  from 2ms rate 900Mbps count 10: udp from client.eth0 port 5000 to server.eth0 port 53 payload 64B
  from 3ms every 1us count 10: tcp from client.eth0 port 5000 upwards to server.eth0 port 7 flags S seq 1 payload 0B
  at 5ms: frame 0xffffffffffff 0x020000000002 0x0806, enters wire at server.eth0
}
costs { hardirq_entry = 100ns }
expect {
  server.eth0.rx_missed_errors == 0
  server.snmp.Udp.NoPorts == 1; client.app.total >= 5kB
  server.eth0['rx-usecs'] == 3
  server.softirqs.NET_RX[0] > 3
  client.app finishes before 5ms
}
`;
