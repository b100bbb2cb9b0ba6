/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Files that had a further name at the start, beside the one that the policy protects. The enforcer has found them
 * (struct stele_linked_file in abi.h); each is decided like the protected name, whichever of its names is used, and
 * wherever that is moved. Where there are none nothing is left of this.
 */
#ifndef STELE_LINKS_H
#define STELE_LINKS_H

/* Class of the file with these numbers; 0: it is not such a file. */
__numbers_only u32 linked_class(u64 inode, u64 dev, u64 generation)
{
	u64 key = LINKED_KEY(inode, dev);
	const volatile struct stele_linked_file *file =
	    &late.linked[LAST_UP_TO(late.linked, STELE_LINKED_FILES, key, key)];

	if ((file->inode ^ inode) | (file->dev ^ dev) | ((file->generation ^ generation) & file->generation_mask))
		return 0;
	return file->path_class;
}

#endif
