/* What compilers expect of a C++ library where nothing is thrown, nothing is freed, and the program never ends. */
extern "C" {

extern void *__dso_handle;
void *__dso_handle = nullptr;

static void stop() {
    for (;;) {
        __asm__ volatile("wfi");
    }
}

/* Destructors of static objects: never run. */
int __aeabi_atexit(void *, void (*)(void *), void *);
int __aeabi_atexit(void *, void (*)(void *), void *) {
    return 0;
}

int __cxa_atexit(void (*)(void *), void *, void *);
int __cxa_atexit(void (*)(void *), void *, void *) {
    return 0;
}

void __cxa_pure_virtual();
void __cxa_pure_virtual() {
    stop();
}

[[noreturn]] void abort();
[[noreturn]] void abort() {
    for (;;) {
        stop();
    }
}
}

/* Virtual destructors refer to it; there is no heap. */
void operator delete(void *) noexcept {
}

void operator delete(void *, decltype(sizeof 0)) noexcept {
}
