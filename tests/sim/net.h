/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual network as the socket calls of the roles see it; our ends are in sim.h. */
#ifndef TESTS_SIM_NET_H
#define TESTS_SIM_NET_H

#include "tests/sim/sim.h"

void net_listen(uint16_t port, struct sim_proc *p);
void net_listen_closed(uint16_t port);
bool net_acceptable(uint16_t port);
struct vconn *net_take(uint16_t port);
struct vconn *net_connect(struct sim_proc *p, uint16_t port);
uint32_t net_ready(const struct vconn *c);
int net_error(const struct vconn *c);
/* Octets, 0: closed, -errno. */
ssize_t net_recv(struct vconn *c, void *buf, size_t n);
ssize_t net_role_send(struct vconn *c, const void *buf, size_t n);
size_t net_unacked(const struct vconn *c);
void net_role_closed(struct vconn *c);
struct vinode *disk_loose_file(void);

#endif
