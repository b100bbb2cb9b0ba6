/* STELE_GUEST_INIT: path of the built runtime/init, set by CMake. */
	.section .rodata
	.globl stele_guest_init_begin, stele_guest_init_end
	.balign 16
stele_guest_init_begin:
	.incbin STELE_GUEST_INIT
stele_guest_init_end:
	.section .note.GNU-stack, "", @progbits
