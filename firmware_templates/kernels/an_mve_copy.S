/* an_mve_copy of an_mve.h: sixteen bytes in three instructions, the rest of a run in as many. */
#ifdef __ARM_FEATURE_MVE
    .syntax unified
    .thumb

    .section .text.an_mve_copy, "ax", %progbits
    .global an_mve_copy
    .type an_mve_copy, %function
    .thumb_func
an_mve_copy:
    push {r4-r7, lr}
    ldm r2, {r2, r3, r4}        /* bytes, rows, step of rows */
run:
    mov r5, r0
    mov r6, r1
    wlstp.8 lr, r2, 2f
1:
    vldrb.8 q0, [r6], #16
    vstrb.8 q0, [r5], #16
    letp lr, 1b
2:
    add r0, r0, r2
    add r1, r1, r4
    subs r3, r3, #1
    bne run
    pop {r4-r7, pc}
    .size an_mve_copy, . - an_mve_copy
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
