/* The bytes of runtime/enforcer's executable, named by the build. */
	.section .rodata
	.balign 16
	.globl stele_stub_begin
stele_stub_begin:
	.incbin STELE_STUB
	.globl stele_stub_end
stele_stub_end:
	.section .note.GNU-stack, "", @progbits
