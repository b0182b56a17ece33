#include "text.h"

#include <stddef.h>

#include "uart.h"

void an_print(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    an_uart_write(text, length);
}

void an_print_decimal(uint32_t value) {
    char digits[10];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + (char)(value % 10u));
        value /= 10u;
    } while (value != 0u);
    an_uart_write(digits + first, sizeof digits - first);
}

void an_print_hex(uint32_t value) {
    char digits[10] = {'0', 'x'};
    for (size_t i = 0; i < 8u; i++) {
        digits[2u + i] = "0123456789abcdef"[(value >> (28u - 4u * i)) & 15u];
    }
    an_uart_write(digits, sizeof digits);
}
