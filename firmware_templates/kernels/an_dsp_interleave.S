/* an_dsp_interleave of an_dsp.h: eight values in seven instructions. */
#ifdef __ARM_FEATURE_DSP
    .syntax unified
    .thumb

    .macro four
    ldr r4, [r0], #4
    ldr r5, [r1], #4
    sxtb16 r6, r4
    sxtb16 r7, r5
    sxtb16 r8, r4, ror #8
    sxtb16 r9, r5, ror #8
    stm r3!, {r6-r9}
    .endm

    .section .text.an_dsp_interleave, "ax", %progbits
    .global an_dsp_interleave
    .type an_dsp_interleave, %function
    .thumb_func
an_dsp_interleave:
    push {r4-r9}
    lsrs r2, r2, #1
    bcc even
    four
    cmp r2, #0
    beq done
even:
    lsrs r2, r2, #1
    bcc fours
    four
    four
    cmp r2, #0
    beq done
fours:
    .rept 4
    four
    .endr
    subs r2, r2, #1
    bne fours
done:
    mov r0, r3
    pop {r4-r9}
    bx lr
    .size an_dsp_interleave, . - an_dsp_interleave
#endif
