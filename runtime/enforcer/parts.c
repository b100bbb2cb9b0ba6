/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * File systems of which the host mounts directories: a btrfs subvolume or a deployment as `/`, binds. A tree of path
 * components leads from such a file system's root to the directories that name files; bpf-templates/parts.h walks it.
 *
 * A directory on the way to one is above everything, and so is one that is mounted at "/": whoever renamed it would
 * rename all that lies below. What lies beside them is "elsewhere": a later mount may show it. Directories of which the
 * policy names nothing are entered as far as there is room, so that their files are not looked for among the mounts at
 * each use. Edges are kept in a list until their number is known, then placed by a perfect hash.
 */
#include "enforcer.h"
#include "../../bpf-templates/shared.h"

#define MAX_EDGES	64
#define MAX_MULTIPLIERS 1000000

u32 has_parts, long_parts;
static struct stele_part_edge edges[MAX_EDGES];
static u32 edge_count;
static u32 node_count = 1;	      /* node 0 is none */
static u32 rank_of[STELE_PART_NODES]; /* of the mount that names what has no edge */

static u32 new_node(struct stele_late *late, u32 self, u32 below, u32 rank)
{
	if (node_count == STELE_PART_NODES)
		return 0;
	late->node[node_count] = (struct stele_part_node){self, below};
	rank_of[node_count] = rank;
	return node_count++;
}

u32 new_tree(struct stele_late *late, u32 state, u32 rank)
{
	u32 node = new_node(late, state, state, rank);

	has_parts = 1;
	return node ? STELE_STATE_PART + node : 0;
}

/* The edge of one piece of a name; 0 when there is none, or no room to `make` it. A new one leads nowhere yet. */
static struct stele_part_edge *find_piece(u32 node, const char *name, u32 length, int make)
{
	struct stele_part_edge wanted = {.key = KEY(node, length > PIECE ? KEY_MORE | PIECE : length)};

	memcpy(wanted.word, name, length > PIECE ? PIECE : length);
	for (u32 i = 0; i < edge_count; i++)
		if (edges[i].key == wanted.key && !memcmp(edges[i].word, wanted.word, PIECE))
			return &edges[i];
	if (!make || edge_count == MAX_EDGES)
		return 0;
	edges[edge_count] = wanted;
	return &edges[edge_count++];
}

static u32 state_below(u32 state, const char *name, u32 length)
{
	int ignored;

	return state == STELE_STATE_ELSEWHERE ? state : next_state(state, name, length, &ignored);
}

/* The node behind a component; 0 when there is none, or no room for one whose directory is in state `self`. */
static u32 find_node(struct stele_late *late, u32 from, const char *name, u32 length, u32 self)
{
	u32 node = from;

	for (u32 at = 0; node; at += PIECE) {
		struct stele_part_edge *edge = find_piece(node, name + at, length - at, !!self);

		if (edge && !edge->next)
			edge->next =
			    new_node(late, self, state_below(late->node[from].below, name, length), rank_of[from]);
		node = edge ? edge->next : 0;
		if (at && long_parts < at / PIECE + 1)
			long_parts = at / PIECE + 1;
		if (length - at <= PIECE)
			return node;
	}
	return 0;
}

static u32 component(const char **path)
{
	u32 length = 0;

	while (**path == '/')
		++*path;
	while ((*path)[length] && (*path)[length] != '/')
		length++;
	return length;
}

u32 walk_tree(const struct stele_late *late, u32 tree, const char *root)
{
	u32 node = tree - STELE_STATE_PART, length, next, state;
	int ignored;

	while ((length = component(&root))) {
		next = find_node((struct stele_late *)late, node, root, length, 0);
		state = late->node[node].below;
		if (!next)
			return state == STELE_STATE_ELSEWHERE ? state : walk(state, root, &ignored);
		node = next;
		root += length;
	}
	return late->node[node].below; /* for the directory itself, too, but that none of them is above others */
}

static int no_room(const char *root)
{
	return problem(STELE_EXIT_MOUNTS, "mount fewer directories of file systems where the policy names files",
		       "the policy names files in too many mounted directories: no room for %s", root);
}

/* The rank of the mount that names a directory until now. */
static u32 rank_at(struct stele_late *late, u32 node, const char *root)
{
	u32 length, next;

	for (; (length = component(&root)); root += length) {
		next = find_node(late, node, root, length, 0);
		if (!next)
			break;
		node = next;
	}
	return rank_of[node];
}

int add_part(struct stele_late *late, u32 tree, const char *root, u32 state, u32 rank, u8 *ret_names)
{
	u32 node = tree ? tree - STELE_STATE_PART : 0, length;

	*ret_names = rank > rank_at(late, node, root);
	if (!*ret_names)
		return 0;
	for (const char *at = root; (length = component(&at)); at += length) {
		node = node ? find_node(late, node, at, length, STELE_STATE_TOP) : 0;
		if (!node)
			return no_room(root);
	}
	late->node[node] = (struct stele_part_node){state == STELE_STATE_ROOT ? STELE_STATE_TOP : state, state};
	rank_of[node] = rank;
	return 0;
}

void add_unnamed_part(struct stele_late *late, u32 tree, const char *root)
{
	u32 node = tree - STELE_STATE_PART, length;

	for (const char *at = root; (length = component(&at)); at += length) {
		node = find_node(late, node, at, length, STELE_STATE_ELSEWHERE);
		if (!node || late->node[node].below != STELE_STATE_ELSEWHERE)
			return;
	}
	late->node[node].below = STELE_STATE_DEAD;
	if (late->node[node].self == STELE_STATE_ELSEWHERE)
		late->node[node].self = STELE_STATE_DEAD;
}

static int place_edges(struct stele_late *late)
{
	memset(late->edge, 0, sizeof(late->edge));
	for (u32 i = 0; i < edge_count; i++) {
		const stele_u64 *word = edges[i].word;
		u64 hash = word[0] * HASH_WORD_0 + word[1] * HASH_WORD_1 + word[2] * HASH_WORD_2 +
			   word[3] * HASH_WORD_3 + edges[i].key * HASH_KEY;
		struct stele_part_edge *slot = &late->edge[hash * late->part_multiplier >> 56];

		if (slot->key)
			return 0;
		*slot = edges[i];
		slot->next += STELE_STATE_PART;
	}
	return 1;
}

int place_parts(struct stele_late *late)
{
	late->part_multiplier = HASH_WORD_0;
	for (u32 try = 0; try < MAX_MULTIPLIERS; try++) {
		if (place_edges(late))
			return 0;
		late->part_multiplier = (late->part_multiplier * HASH_KEY + HASH_WORD_3) | 1;
	}
	return no_room("all of them");
}
