/* an_dsp_slide_by_1 of an_dsp.h: two outputs at a time from three lines of a plane.
 *
 * r0 walks the plane's lines, r1 the outputs; r2 to r7 hold the nine weights, doubled, as pairs (w0, w1) and (w1, w2) of each line;
 * r8, r9 are pairs of values, r10, r11 the sums, r12 is the bias, doubled, and lr what is passing through. 28 instructions are 18
 * multiply-accumulates. A line of 16 outputs is unrolled; a shorter one enters behind its start, an odd one by way of a single output.
 */
#ifdef __ARM_FEATURE_DSP
    .syntax unified
    .thumb

    .set MULTIPLIER, 0
    .set ROUNDING, 4
    .set SHIFT, 8
    .set STEP, 12
    .set ENTRY, 16
    .set PAIRS_ENTRY, 20
    .set SINGLE, 24
    .set PLANE_STEP, 28
    .set OUTPUT_REST, 32
    .set LINES, 36
    .set LOCALS, 40
    .set WHERE, LOCALS + 36
    .set LINE_BYTES, 36

    .macro weights pair, next
    ldr r9, [r2], #4
    sxtb16 \pair, r9
    sadd16 \pair, \pair, \pair
    sxtb16 \next, r9, ror #8
    sadd16 \next, \next, \next
    .endm

    /* (x0, x1) and (x2, x3) at the offset, times (w0, w1) and (w1, w2), to the sums that begin as first and second */
    .macro taps offset, pair, next, first, second
    ldrd r8, r9, [r0, #\offset]
    smlad r10, r8, \pair, \first
    smlatb r11, r8, \pair, \second
    smlabt r10, r9, \next, r10
    smlad r11, r9, \next, r11
    .endm

    .macro scaled sum
    add lr, r9, \sum, asr #31
    smmlar \sum, \sum, r8, lr
    .endm

    .macro pair offset
    taps \offset, r3, r4, r12, r12
    taps \offset + LINE_BYTES, r5, r6, r10, r11
    taps \offset + 2 * LINE_BYTES, r7, r2, r10, r11
    ldrd r8, r9, [sp, #MULTIPLIER]
    scaled r10
    scaled r11
    ldrd r8, r9, [sp, #SHIFT]
    asr r10, r10, r8
    asr r11, r11, r8
    ssat r10, #8, r10, asr #1
    ssat r11, #8, r11, asr #1
    strb r10, [r1]
    strb r11, [r1, r9]
    add r1, r1, r9, lsl #1
    .endm

    .section .text.an_dsp_slide_by_1, "ax", %progbits
    .global an_dsp_slide_by_1
    .type an_dsp_slide_by_1, %function
    .thumb_func
an_dsp_slide_by_1:
    push {r4-r11, lr}
    sub sp, sp, #LOCALS
    ldm r3, {r10-r12}           /* bias, multiplier, shift */
    ldr lr, [sp, #WHERE]
    ldr r8, [lr, #20]
    lsl r8, r8, r12
    strd r11, r8, [sp, #MULTIPLIER]
    ldr r8, [lr, #12]           /* step */
    strd r12, r8, [sp, #SHIFT]
    lsl r12, r10, #1
    ldrd r4, r5, [lr]           /* lines, outputs */
    str r4, [sp, #LINES]
    ldrd r6, r7, [lr, #8]       /* plane step, step */
    str r6, [sp, #PLANE_STEP]
    ldr r6, [lr, #16]           /* line step */
    mls r6, r5, r7, r6
    str r6, [sp, #OUTPUT_REST]
    /* Where the pairs of a line begin, and where a single output before them */
    lsrs r6, r5, #1
    rsb r6, r6, #8
    subs r7, r6, #1
    mov r8, #4
    mul r8, r7, r8
    str r8, [sp, #SINGLE]
    mov r8, #112
    mul r6, r6, r8
    adr r7, pairs
    add r6, r6, r7
    adds r6, r6, #1
    str r6, [sp, #PAIRS_ENTRY]
    lsrs r5, r5, #1
    bcc even
    adr r6, single
    adds r6, r6, #1
even:
    str r6, [sp, #ENTRY]
    weights r3, r4
    weights r5, r6
    ldr r9, [r2]
    sxtb16 r7, r9
    sadd16 r7, r7, r7
    sxtb16 r2, r9, ror #8
    sadd16 r2, r2, r2
line:
    ldr pc, [sp, #ENTRY]

    .balign 4
single:
    ldr lr, [sp, #SINGLE]
    add lr, lr, r0
    ldrd r8, r9, [lr, #0]
    smlatb r11, r8, r3, r12
    smlad r11, r9, r4, r11
    ldrd r8, r9, [lr, #36]
    smlatb r11, r8, r5, r11
    smlad r11, r9, r6, r11
    ldrd r8, r9, [lr, #72]
    smlatb r11, r8, r7, r11
    smlad r11, r9, r2, r11
    ldrd r8, r9, [sp, #MULTIPLIER]
    scaled r11
    ldrd r8, r9, [sp, #SHIFT]
    asr r11, r11, r8
    ssat r11, #8, r11, asr #1
    strb r11, [r1]
    add r1, r1, r9
    ldr pc, [sp, #PAIRS_ENTRY]

    .balign 4
pairs:
    pair 0
    pair 4
    pair 8
    pair 12
    pair 16
    pair 20
    pair 24
    pair 28
    ldrd r8, r9, [sp, #PLANE_STEP]
    add r0, r0, r8
    add r1, r1, r9
    ldr r8, [sp, #LINES]
    subs r8, r8, #1
    str r8, [sp, #LINES]
    bne line
    add sp, sp, #LOCALS
    pop {r4-r11, pc}
    .size an_dsp_slide_by_1, . - an_dsp_slide_by_1
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
