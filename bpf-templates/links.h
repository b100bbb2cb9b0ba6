/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Files that had a further name at the start, beside the one that the policy protects. The enforcer has found them
 * (struct stele_linked_file in abi.h); each is decided like the protected name, whichever of its names is used, and
 * wherever that is moved. Where there are none nothing is left of this.
 */
#ifndef STELE_LINKS_H
#define STELE_LINKS_H

/* Class of the file with these numbers; 0: it is not such a file. Found as in_table (subject.h) finds a range. */
__numbers_only u32 linked_class(u64 inode, u64 dev, u64 generation)
{
	const volatile struct stele_linked_file *file;
	u64 key = LINKED_KEY(inode, dev);
	u32 at = 0;

#pragma clang loop unroll(disable)
	for (u32 stride = STELE_LINKED_FILES / 2; stride; stride /= 2) {
		u32 middle = at + stride;
		u64 beyond;

		KEEP(middle);
		beyond = late.linked[middle & (STELE_LINKED_FILES - 1)].key - key - 1;
		KEEP(beyond);
		at += (u32)(beyond >> 63) * stride;
	}
	KEEP(at);
	file = &late.linked[at & (STELE_LINKED_FILES - 1)];
	if ((file->inode ^ inode) | (file->dev ^ dev) | ((file->generation ^ generation) & file->generation_mask))
		return 0;
	return file->path_class;
}

#endif
