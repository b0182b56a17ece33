/* an_mve_copy of an_mve.h: sixteen bytes in three instructions, the rest in as many. */
#ifdef __ARM_FEATURE_MVE
    .syntax unified
    .thumb

    .section .text.an_mve_copy, "ax", %progbits
    .global an_mve_copy
    .type an_mve_copy, %function
    .thumb_func
an_mve_copy:
    push {r4, lr}
    mov r3, r0
    wlstp.8 lr, r2, 2f
1:
    vldrb.8 q0, [r1], #16
    vstrb.8 q0, [r3], #16
    letp lr, 1b
2:
    add r0, r0, r2
    pop {r4, pc}
    .size an_mve_copy, . - an_mve_copy
#endif
