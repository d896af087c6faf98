/** The manual's prose: what no table can tell. */
export const INTRODUCTION = `# The scenario language

<!-- Generated from the schema by build/generate-syntaxes.mjs; the prose stands in server/reference/introduction.ts. Do not edit. -->

A scenario (\`*.netpath\`) says what exists (links, hosts, NICs), what programs do (processes, in system calls), what comes
from outside (traffic) and what must hold (expect). What it does not say is as Linux has it by default.

\`\`\`netpath
link wire
host server {
  nic eth0 { link wire; address 10.0.0.1/24 }
  process echo {
    fd = socket(AF_INET, SOCK_DGRAM)
    bind(fd, 0.0.0.0:7)
    data = recvfrom(fd, 2KiB)
    sendto(fd, data, data.from)
  }
}
host client {
  nic eth0 { link wire; address 10.0.0.2/24 }
  process app { fd = socket(AF_INET, SOCK_DGRAM); connect(fd, server:7); send(fd, "hello"); reply = recv(fd, 5B) }
}
expect { client.app.reply.text == "hello" }
\`\`\`

## Text

* A property, statement or expectation ends with its line or with \`;\`. A line goes on inside parentheses, behind an operator,
  and behind \`,\` and \`:\`.
* Comments are \`// to the end of the line\` and \`/* between these */\`.
* Names are letters, digits and \`_\`. Keys (\`rx-ring\`, \`net.ipv4.tcp_rmem\`) may hold hyphens and dots where a key stands;
  in expressions such names are quoted: \`server.eth0['rx-usecs']\`.
* A number and its unit are one word: \`10Gbps\`, \`0.1%\`. Units are case-exact. Sizes may do without, other measures not.
* \`%\` and \`/\` inside literals take no space (\`5%\`, \`10.0.0.1/24\`); operators take spaces.
* Strings stand in \`"\` or \`'\`; escapes are \\\\n \\\\r \\\\t \\\\0 \\\\\\\\ \\\\" \\\\' \\\\xNN.

## Addresses and names

\`10.0.0.1:7\` is an endpoint, \`server:7\` another: the address of \`server\` as the process's own host sees it. One in a subnet
that both share comes first, then one to which a route leads; where several fit, that is an error, and the address must be
written. \`localhost:7\` is 127.0.0.1. ARP tables are empty at the start but for \`neighbour\` lines.

## Programs

A process runs its statements in order, each system call as one line to step over or into. A variable is assigned by
\`name = expression\`; it belongs to the process.

* A system call that fails returns the negative errno, as the kernel does: test \`ret < 0\` or \`ret == -ECONNREFUSED\`.
  \`errno\` holds the last error as a positive number.
* \`send(fd, 1400B)\` sends 1400 bytes of a pattern, \`send(fd, "text")\` the text, \`send(fd, data)\` what was received.
* \`recv\` and \`recvfrom\` return a buffer with \`.length\` and \`.text\`; \`recvfrom\` adds \`.from\`, for \`sendto(fd, data, data.from)\`.
  Where a number is wanted it is what they return in C, its length: \`if data < 0 { exit }\`, \`if data == 0 { break }\`, \`sum = sum + data\`.
  \`recvmsg(fd, 100B, MSG_ERRQUEUE)\` takes from the error queue, \`.error\` says what: \`problem.error.ee_errno\`.
* \`[a, b]\` is a list: \`.length\`, \`list[0]\`, \`list + [c]\`, \`each one in list { }\`. As arrays in C, a list that a call is given may
  come back changed; by hand only variables are assigned, not \`list[0]\`.
* \`==\` holds lists, addresses, texts and received bytes for equal when they hold the same; \`NULL\` is 0.
* \`poll(fd, POLLIN, 5ms)\` returns the events that are ready, 0 after the timeout. Of many descriptors it tells how many are ready, and
  each pollfd has its \`revents\`: \`fds = [pollfd(a, POLLIN), pollfd(b, POLLIN | POLLOUT)]; ready = poll(fds, 5ms)\`, then \`fds[0].revents\`.
* \`select(nfds, readers, writers, NULL, 5ms)\` leaves in each list the descriptors that are ready. Epoll remembers what it watches:
  \`each event in epoll_wait(ep) { ... event.fd ... event.events ... }\`.
* \`sleep 1ms\` gives the CPU away, \`compute 20us\` keeps it busy.

## Expectations

Each line is an expression that must hold at the end, or \`host.process finishes before 5ms\`. Names begin with a host.

## Expressions

One language for scenarios, breakpoint conditions, watches and the debug console. Precedence is C's, from weak to strong:
\`?:\`  \`||\`  \`&&\`  \`|\`  \`^\`  \`&\`  \`== !=\`  \`< <= > >=\`  \`<< >>\`  \`+ -\`  \`* / %\`  \`! - ~\`  \`. -> []\`.
Mind that, as in C, \`flags & EPOLLIN == EPOLLIN\` needs parentheses.`;
