/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the excepted executable keeps what, so that attacks on it need not search.
 */
#ifndef KEEPER_H
#define KEEPER_H

#define KEEPER_PAGE   0x10000000ul
#define KEEPER_SHOWN  0	  /* the name of the file that it shows */
#define KEEPER_HELD   256 /* what it read */
#define KEEPER_MAPPED 0x10010000ul
#define KEEPER_FD     100

#endif
