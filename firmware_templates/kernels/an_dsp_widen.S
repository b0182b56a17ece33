/* an_dsp_widen of an_dsp.h: eight weights in six instructions. */
#ifdef __ARM_FEATURE_DSP
    .syntax unified
    .thumb

    .macro eight
    ldrd r3, r4, [r0], #8
    sxtb16 r5, r3
    sxtb16 r6, r3, ror #8
    sxtb16 r7, r4
    sxtb16 r8, r4, ror #8
    stm r2!, {r5-r8}
    .endm

    .section .text.an_dsp_widen, "ax", %progbits
    .global an_dsp_widen
    .type an_dsp_widen, %function
    .thumb_func
an_dsp_widen:
    push {r4-r8}
    lsrs r1, r1, #1
    bcc even
    eight
    cmp r1, #0
    beq done
even:
    lsrs r1, r1, #1
    bcc fours
    eight
    eight
    cmp r1, #0
    beq done
fours:
    .rept 4
    eight
    .endr
    subs r1, r1, #1
    bne fours
done:
    pop {r4-r8}
    bx lr
    .size an_dsp_widen, . - an_dsp_widen
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
