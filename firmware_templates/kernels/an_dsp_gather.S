/* an_dsp_gather of an_dsp.h: two values of four channels, which lie side by side in the input, become a pair in each of four planes.
 *
 * A first value at an odd place of its line, and a last one at an even place, are halves of a pair.
 */
#ifdef __ARM_FEATURE_DSP
    .syntax unified
    .thumb

    .set COUNT, 0
    .set FIRST_IS_ODD, 4
    .set LINES, 8
    .set INPUT_REST, 12
    .set PLANE_REST, 16
    .set LOCALS, 20
    .set LINE_BYTES, 36

    /* r8 holds four channels: each goes as a half word to its plane */
    .macro halves offset
    sxtb r9, r8
    strh r9, [r2, #\offset]
    sxtb r9, r8, ror #8
    strh r9, [r3, #\offset]
    sxtb r9, r8, ror #16
    strh r9, [r4, #\offset]
    sxtb r9, r8, ror #24
    strh r9, [r5, #\offset]
    .endm

    .section .text.an_dsp_gather, "ax", %progbits
    .global an_dsp_gather
    .type an_dsp_gather, %function
    .thumb_func
an_dsp_gather:
    push {r4-r11, lr}
    sub sp, sp, #LOCALS
    ldrd r6, r7, [r2]           /* lines, count */
    str r6, [sp, #LINES]
    ldrd r8, r9, [r2, #8]       /* step, line step */
    ldr r5, [r2, #16]
    /* A word at an odd place begins with a half that is left alone: planes are walked from the word before the first whole pair. */
    and r10, r1, #2
    str r10, [sp, #FIRST_IS_ODD]
    sub r7, r7, r10, lsr #1
    str r7, [sp, #COUNT]
    subs r2, r1, #4
    adds r2, r2, r10, lsl #1
    subs r2, r2, r10
    add r3, r2, r5
    add r4, r3, r5
    add r5, r4, r5
    bic r11, r7, #1
    add r12, r11, r10, lsr #1   /* values by which the input is walked */
    mls r9, r12, r8, r9
    str r9, [sp, #INPUT_REST]
    rsb r11, r11, #LINE_BYTES / 2
    lsls r11, r11, #1
    str r11, [sp, #PLANE_REST]
    mov r1, r8

line:
    ldrd r6, r7, [sp, #COUNT]
    cbz r7, whole
    ldr r8, [r0]
    halves 2
    add r0, r0, r1
whole:
    lsrs r7, r6, #1
    beq rest
pair:
    ldr r8, [r0]
    ldr r9, [r0, r1]
    add r0, r0, r1, lsl #1
    sxtb16 r10, r8
    sxtb16 r8, r8, ror #8
    sxtb16 r11, r9
    sxtb16 r9, r9, ror #8
    pkhbt r12, r10, r11, lsl #16
    pkhtb r11, r11, r10, asr #16
    pkhbt r10, r8, r9, lsl #16
    pkhtb r9, r9, r8, asr #16
    str r12, [r2, #4]!
    str r10, [r3, #4]!
    str r11, [r4, #4]!
    str r9, [r5, #4]!
    subs r7, r7, #1
    bne pair
rest:
    lsls r6, r6, #31
    beq next
    ldr r8, [r0]
    halves 4
next:
    ldrd r7, r8, [sp, #LINES]
    ldr r9, [sp, #PLANE_REST]
    add r0, r0, r8
    add r2, r2, r9
    add r3, r3, r9
    add r4, r4, r9
    add r5, r5, r9
    subs r7, r7, #1
    str r7, [sp, #LINES]
    bne line
    add sp, sp, #LOCALS
    pop {r4-r11, pc}
    .size an_dsp_gather, . - an_dsp_gather
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
