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
    stm r2!, {r6-r9}
    .endm

    .section .text.an_dsp_interleave, "ax", %progbits
    .global an_dsp_interleave
    .type an_dsp_interleave, %function
    .thumb_func
an_dsp_interleave:
    push {r4-r11, lr}
    ldm r3, {r3, r10, r11}      /* fours, rows, step of rows */
    sub r11, r11, r3, lsl #2
run:
    lsrs r12, r3, #1
    bcc even
    four
    cmp r12, #0
    beq next
even:
    lsrs r12, r12, #1
    bcc fours
    four
    four
    cmp r12, #0
    beq next
fours:
    .rept 4
    four
    .endr
    subs r12, r12, #1
    bne fours
next:
    add r0, r0, r11
    add r1, r1, r11
    subs r10, r10, #1
    bne run
    mov r0, r2
    pop {r4-r11, pc}
    .size an_dsp_interleave, . - an_dsp_interleave
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
