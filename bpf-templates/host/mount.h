/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls of the class `mount`, as the kernel makes them: mounts. `a` and `b` are the dentries of a call's paths, b NULL
 * when there is one. */
#ifndef STELE_HOST_MOUNT_H
#define STELE_HOST_MOUNT_H

/* The place on a mount of another namespace; `peer`: what is mounted there is passed on to that mount, too. */
static struct path *host_place_elsewhere(struct dentry *dentry, struct mount *peer)
{
	static struct mnt_namespace other = {.ns = {HOST_NAMESPACE + 1}};
	struct path *place = host_path(dentry);
	struct mount *mount = host_allocate(sizeof(*mount));

	mount->mnt_ns = &other;
	if (peer) {
		mount->mnt_group_id = 1;
		mount->mnt_share.next = &peer->mnt_share;
		peer->mnt_share.next = &mount->mnt_share;
	}
	place->mnt = &mount->mnt;
	return place;
}

/* A mount of a namespace of its own, in no list that the host looks at. */
static struct mount *host_peer(struct mnt_namespace *namespace)
{
	struct mount *mount = host_allocate(sizeof(*mount));

	mount->mnt_ns = namespace;
	return mount;
}

static void call_mount_over(struct dentry *a, struct dentry *b)
{
	static struct mnt_namespace third = {.ns = {HOST_NAMESPACE + 2}};
	struct mount *with_slaves = host_peer(&third);

	(void)b;
	with_slaves->mnt_slave_list.next = &with_slaves->mnt_share;
	IGNORES(sb_mount, "a namespace of its own", P("none"), P(host_place_elsewhere(a, NULL)), P("tmpfs"), 0, 0);
	IGNORES(move_mount, "a namespace of its own", P(host_path(host_nameless())), P(host_place_elsewhere(a, NULL)));
	IGNORES(sb_mount, "peers of two namespaces, neither the host's", P("none"),
		P(host_place_elsewhere(a, host_peer(&third))), P("tmpfs"), 0, 0);
	DECIDES(sb_mount, P("none"), P(host_place_elsewhere(a, host_peer(&host_namespace))), P("tmpfs"), 0, 0);
	DECIDES(sb_mount, P("none"), P(host_place_elsewhere(a, with_slaves)), P("tmpfs"), 0, 0);
	IGNORES(sb_mount, "a remount mounts nothing", 0, P(host_path(a)), 0, MS_REMOUNT, 0);
	IGNORES(sb_mount, "propagation mounts nothing", 0, P(host_path(a)), 0, 1u << 18, 0);
	DECIDES(sb_mount, P("none"), P(host_path(a)), P("tmpfs"), 0, 0);
	DECIDES(move_mount, P(host_path(host_nameless())), P(host_path(a)));
	IGNORES(sb_pivotroot, "a namespace of its own", P(host_place_elsewhere(a, NULL)), P(host_path(a)));
	DECIDES(sb_pivotroot, P(host_path(a)), P(host_path(host_nameless())));
}

static void call_mount_over_plain(struct dentry *a, struct dentry *b)
{
	call_mount_over(host_plain(a), b);
}

static const struct host_call mount_calls[] = {
    {"mount_over", 1, call_mount_over},
    {"mount_over_plain", 1, call_mount_over_plain},
};

#endif
