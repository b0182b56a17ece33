/* an_dsp_fold of an_dsp.h: eight values in fifteen instructions. */
#ifdef __ARM_FEATURE_DSP
    .syntax unified
    .thumb

    .macro four even, odd
    ldr r12, [r0], #4
    and \even, r8, r12, lsl #8
    sxtb16 \odd, r12, ror #8
    smlad r3, \even, r10, r3
    ssub16 \odd, \odd, r9
    ssub16 \even, \even, \odd
    .endm

    .section .text.an_dsp_fold, "ax", %progbits
    .global an_dsp_fold
    .type an_dsp_fold, %function
    .thumb_func
an_dsp_fold:
    push {r4-r10}
    movs r3, #0
    mov r8, #0xff00ff00
    mov r9, #0x007f007f
    mov r10, #0x00010001
eight:
    four r4, r5
    four r6, r7
    stm r2!, {r4-r7}
    subs r1, r1, #1
    bne eight
    asrs r0, r3, #1
    pop {r4-r10}
    bx lr
    .size an_dsp_fold, . - an_dsp_fold
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
