/** inet_connection_sock and tcp_sock: filled in with TCP. */
export interface inet_connection_sock { readonly icsk_placeholder?: never }
export interface tcp_sock { readonly tcp_placeholder?: never }
