/* Floats as text. */
#ifndef AN_DECIMAL_H
#define AN_DECIMAL_H

/* Three digits after the point, rounded half to even: what C's %0.3f prints. Numbers of 2^32 and more are shown as the largest below. */
void an_print_thousandths(float value);

#endif
