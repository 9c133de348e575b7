/* SPDX-License-Identifier: Apache-2.0 */
/* A report as PDF (libharu), from the master alone: the same master gives the same octets.  Text is
 * set in DejaVu Sans, which is embedded; where it is not installed, in Helvetica.  A character that
 * the font does not have is written as \u{HEX}, never dropped. */
#include "admin/report.h"

#include <errno.h>
#include <hpdf.h>
#include <stdlib.h>
#include <string.h>

#define PDF_MARGIN 42.0f
#define PDF_FOOT 46.0f
#define PDF_SIZE 8.0f
#define PDF_LEAD 10.0f
#define PDF_PAD 3.0f
#define PDF_COLUMNS 24
#define PDF_WORD 105.0f /* a word up to this width is not broken */
#define PDF_PART 84.0f	/* what a wider one gets at least */
#define PDF_WIDE 7	/* columns from which a page lies on its side */
#define PDF_SAMPLE 400	/* rows that are measured for the widths of columns */
#define PDF_LINES 400	/* lines of one cell, at most; longer ones go on in the next row */

struct pdf {
	HPDF_Doc doc;
	HPDF_Font font, bold;
	HPDF_Page page;
	HPDF_Page *pages;
	size_t pages_n;
	json_t *master;
	float w, h, y;
	bool wide, utf8;
	HPDF_STATUS error;
};

struct pdf_table {
	json_t *columns;
	size_t n;
	float width[PDF_COLUMNS];
};

static void
pdf_on_error(HPDF_STATUS error, HPDF_STATUS detail, void *arg)
{
	struct pdf *p = arg;

	(void)detail;
	if (p->error == 0)
		p->error = error;
}

/* ---- text */

static bool
pdf_has(const struct pdf *p, unsigned c)
{
	if (c >= 0x20 && c < 0x7f)
		return true;
	if (!p->utf8)
		return c >= 0xa1 && c <= 0xff && c != 0xad;
	return (c >= 0xa1 && c <= 0x24f && c != 0xad) ||
	       (c >= 0x386 && c <= 0x3ce && c != 0x38b && c != 0x38d && c != 0x3a2) ||
	       (c >= 0x400 && c <= 0x45f) || (c >= 0x2010 && c <= 0x2015) ||
	       (c >= 0x2018 && c <= 0x2022) || c == 0x2026 || c == 0x20ac ||
	       (c >= 0x2190 && c <= 0x2193);
}

/* The code point at *S, which moves on; jansson gives only valid UTF-8. */
static unsigned
pdf_next(const char **s)
{
	const unsigned char *u = (const unsigned char *)*s;
	unsigned n = u[0] < 0x80   ? 1
		     : u[0] < 0xe0 ? 2
		     : u[0] < 0xf0 ? 3
				   : 4,
		 c = n == 1 ? u[0] : u[0] & (0x7fu >> n);

	for (unsigned i = 1; i < n && (u[i] & 0xc0) == 0x80; i++)
		c = c << 6 | (u[i] & 0x3f);
	*s += n;
	return c;
}

/* TEXT as the font can set it; new. */
static char *
pdf_text(const struct pdf *p, const char *text)
{
	char *out = malloc(strlen(text) * 10 + 1), *o = out;

	while (out != NULL && *text != '\0') {
		const char *from = text;
		unsigned c = pdf_next(&text);

		if (!pdf_has(p, c)) {
			o += sprintf(o, c == '\n' ? " " : "\\u{%X}", c);
		} else if (!p->utf8) {
			*o++ = (char)c;
		} else {
			memcpy(o, from, (size_t)(text - from));
			o += text - from;
		}
	}
	if (out != NULL)
		*o = '\0';
	return out;
}

static float
pdf_width(HPDF_Font font, const char *text, size_t n, float size)
{
	return (float)HPDF_Font_TextWidth(font, (const HPDF_BYTE *)text, (HPDF_UINT)n).width *
	       size / 1000.0f;
}

/* Is the T of a time ("2026-11-21T16:00:00Z") at N? */
static bool
pdf_time(const char *text, size_t n)
{
	return n >= 10 && text[n] == 'T' && text[n - 3] == '-' && text[n + 1] >= '0' &&
	       text[n + 1] <= '9';
}

/* Width of the widest piece of TEXT that is not broken when there is room. */
static float
pdf_piece(HPDF_Font font, const char *text, float size)
{
	float most = 0, w;
	size_t begin = 0;

	for (size_t i = 0;; i++) {
		if (text[i] != '\0' && text[i] != ' ' && !pdf_time(text, i))
			continue;
		w = i > begin ? pdf_width(font, text + begin, i - begin, size) : 0;
		most = w > most ? w : most;
		begin = i;
		if (text[i] == '\0')
			return most;
	}
}

/* Octets of the first line of TEXT that fit into WIDTH: up to a space, else behind a mark, else
 * anywhere between two characters; at least one character. */
static size_t
pdf_fit(const struct pdf *p, HPDF_Font font, const char *text, float width, float size)
{
	size_t n = 0, space = 0, mark = 0, last = 0;

	while (text[n] != '\0') {
		size_t len = 1;

		while (p->utf8 && ((unsigned char)text[n + len] & 0xc0) == 0x80)
			len++;
		if (n > 0 && pdf_width(font, text, n + len, size) > width)
			break;
		if (pdf_time(text, n))
			space = n;
		last = n;
		n += len;
		if (text[last] == ' ')
			space = n;
		else if (strchr("-:/,;.=@", text[last]) != NULL)
			mark = n;
	}
	if (text[n] == '\0')
		return n;
	return space > 0 ? space : mark > n / 3 ? mark : n;
}

static void
pdf_out(struct pdf *p, HPDF_Font font, float size, float x, float y, const char *text, size_t n)
{
	char *line = strndup(text, n);

	while (n > 0 && line[n - 1] == ' ')
		line[--n] = '\0';
	HPDF_Page_BeginText(p->page);
	HPDF_Page_SetFontAndSize(p->page, font, size);
	HPDF_Page_TextOut(p->page, x, y, line);
	HPDF_Page_EndText(p->page);
	free(line);
}

static void
pdf_rule(struct pdf *p, float y, float grey, float thick)
{
	HPDF_Page_SetRGBStroke(p->page, grey, grey, grey);
	HPDF_Page_SetLineWidth(p->page, thick);
	HPDF_Page_MoveTo(p->page, PDF_MARGIN, y);
	HPDF_Page_LineTo(p->page, p->w - PDF_MARGIN, y);
	HPDF_Page_Stroke(p->page);
}

/* ---- pages */

static const char *
pdf_member(struct pdf *p, const char *key)
{
	const char *text = json_string_value(json_object_get(p->master, key));

	return text == NULL ? "-" : text;
}

static void
pdf_page(struct pdf *p)
{
	p->page = HPDF_AddPage(p->doc);
	HPDF_Page_SetSize(
	    p->page, HPDF_PAGE_SIZE_A4, p->wide ? HPDF_PAGE_LANDSCAPE : HPDF_PAGE_PORTRAIT);
	p->w = HPDF_Page_GetWidth(p->page);
	p->h = HPDF_Page_GetHeight(p->page);
	p->y = p->h - PDF_MARGIN;
	p->pages = realloc(p->pages, (p->pages_n + 1) * sizeof(*p->pages));
	p->pages[p->pages_n++] = p->page;
}

static bool
pdf_room(const struct pdf *p, float need)
{
	return p->y - need >= PDF_FOOT;
}

/* TEXT over the whole width, as many lines as it needs. */
static void
pdf_paragraph(struct pdf *p, HPDF_Font font, float size, const char *text)
{
	char *t = pdf_text(p, text);

	for (const char *at = t; at != NULL && *at != '\0';) {
		size_t n = pdf_fit(p, font, at, p->w - 2 * PDF_MARGIN, size);

		if (!pdf_room(p, size * 1.3f))
			pdf_page(p);
		p->y -= size * 1.3f;
		pdf_out(p, font, size, PDF_MARGIN, p->y, at, n);
		at += n;
	}
	free(t);
}

/* ---- tables */

static char *
pdf_cell(struct pdf *p, const struct pdf_table *t, json_t *row, size_t i)
{
	json_t *c = json_array_get(t->columns, i);
	char buf[64];

	if (row == NULL)
		return pdf_text(p, json_string_value(json_object_get(c, "title")));
	return pdf_text(
	    p, report_cell(json_object_get(row, json_string_value(json_object_get(c, "key"))), buf,
		   sizeof(buf)));
}

/* What the cells of a column would like to have, what they need at least, and what the words of
 * its heading need. */
struct pdf_want {
	float like, least, head;
};

static struct pdf_want
pdf_measure(struct pdf *p, const struct pdf_table *t, json_t *rows, size_t i)
{
	char *head = pdf_cell(p, t, NULL, i), *text;
	float full = p->w - 2 * PDF_MARGIN, w;
	struct pdf_want want = {
	    .like = pdf_width(p->bold, head, strlen(head), PDF_SIZE) + 2 * PDF_PAD + 1,
	    .head = pdf_piece(p->bold, head, PDF_SIZE) + 2 * PDF_PAD + 1};
	json_t *row;
	size_t k;

	want.least = want.head;
	free(head);
	json_array_foreach(rows, k, row)
	{
		if (k >= PDF_SAMPLE)
			break;
		text = pdf_cell(p, t, row, i);
		w = pdf_width(p->font, text, strlen(text), PDF_SIZE) + 2 * PDF_PAD + 1;
		want.like = w > want.like ? w : want.like;
		w = pdf_piece(p->font, text, PDF_SIZE) + 2 * PDF_PAD + 1;
		w = w > PDF_WORD ? PDF_PART : w;
		want.least = w > want.least ? w : want.least;
		free(text);
	}
	want.like = want.like > full * 0.6f ? full * 0.6f : want.like;
	want.least = want.least > want.like ? want.like : want.least;
	want.head = want.head > want.least ? want.least : want.head;
	return want;
}

/* Between LOW and HIGH, so that what is left of FULL is shared. */
static float
pdf_share(float full, float low, float high)
{
	return high <= full ? 1 : low < full ? (full - low) / (high - low) : 0;
}

static void
pdf_widths(struct pdf *p, struct pdf_table *t, json_t *rows)
{
	float full = p->w - 2 * PDF_MARGIN, like = 0, least = 0, head = 0;
	struct pdf_want want[PDF_COLUMNS];

	for (size_t i = 0; i < t->n; i++) {
		want[i] = pdf_measure(p, t, rows, i);
		like += want[i].like;
		least += want[i].least;
		head += want[i].head;
	}
	for (size_t i = 0; i < t->n; i++) {
		const struct pdf_want *w = &want[i];

		if (head > full) /* too many columns even for their headings */
			t->width[i] = w->head * full / head;
		else if (least > full) /* long words of cells are broken, headings are not */
			t->width[i] = w->head + (w->least - w->head) * pdf_share(full, head, least);
		else
			t->width[i] =
			    w->least + (w->like - w->least) * pdf_share(full, least, like);
		if (like <= full)
			t->width[i] += (full - like) / (float)t->n;
	}
}

/* The lines of ROW's cells from FROM[] on, at most LINES each; moves FROM[] on.  With DRAW false
 * only counts.  Returns the lines of the longest cell. */
static unsigned
pdf_lines(struct pdf *p, const struct pdf_table *t, char *const cell[], size_t from[],
    HPDF_Font font, unsigned lines, bool draw)
{
	float x = PDF_MARGIN;
	unsigned most = 0;

	for (size_t i = 0; i < t->n; x += t->width[i++]) {
		size_t at = from[i];
		unsigned n = 0;

		while (cell[i][at] != '\0' && n < lines) {
			size_t len =
			    pdf_fit(p, font, cell[i] + at, t->width[i] - 2 * PDF_PAD, PDF_SIZE);

			if (draw)
				pdf_out(p, font, PDF_SIZE, x + PDF_PAD,
				    p->y - PDF_LEAD * (float)(n + 1), cell[i] + at, len);
			at += len;
			n++;
		}
		if (draw)
			from[i] = at;
		most = n > most ? n : most;
	}
	return most;
}

static bool
pdf_left(const struct pdf_table *t, char *const cell[], const size_t from[])
{
	for (size_t i = 0; i < t->n; i++)
		if (cell[i][from[i]] != '\0')
			return true;
	return false;
}

static void
pdf_heading(struct pdf *p, const struct pdf_table *t)
{
	char *cell[PDF_COLUMNS];
	size_t from[PDF_COLUMNS] = {0};
	unsigned n;

	for (size_t i = 0; i < t->n; i++)
		cell[i] = pdf_cell(p, t, NULL, i);
	n = pdf_lines(p, t, cell, from, p->bold, PDF_LINES, false);
	HPDF_Page_SetRGBFill(p->page, 0.90f, 0.92f, 0.95f);
	HPDF_Page_Rectangle(p->page, PDF_MARGIN, p->y - PDF_LEAD * (float)n - 4,
	    p->w - 2 * PDF_MARGIN, PDF_LEAD * (float)n + 4);
	HPDF_Page_Fill(p->page);
	HPDF_Page_SetRGBFill(p->page, 0, 0, 0);
	pdf_lines(p, t, cell, from, p->bold, PDF_LINES, true);
	p->y -= PDF_LEAD * (float)n + 4;
	for (size_t i = 0; i < t->n; i++)
		free(cell[i]);
}

/* One row; what does not fit on the page goes on on the next, below the headings again. */
static void
pdf_row(struct pdf *p, const struct pdf_table *t, json_t *row)
{
	char *cell[PDF_COLUMNS];
	size_t from[PDF_COLUMNS] = {0};
	unsigned lines, room;

	for (size_t i = 0; i < t->n; i++)
		cell[i] = pdf_cell(p, t, row, i);
	lines = pdf_lines(p, t, cell, from, p->font, PDF_LINES, false);
	do {
		if (!pdf_room(p, PDF_LEAD * (float)(lines < 6 ? lines : 6) + 4)) {
			pdf_page(p);
			pdf_heading(p, t);
		}
		room = (unsigned)((p->y - PDF_FOOT - 4) / PDF_LEAD);
		room = room < 1 ? 1 : room;
		lines = pdf_lines(p, t, cell, from, p->font, room, true);
		p->y -= PDF_LEAD * (float)(lines < 1 ? 1 : lines) + 4;
		pdf_rule(p, p->y, 0.8f, 0.3f);
	} while (pdf_left(t, cell, from));
	for (size_t i = 0; i < t->n; i++)
		free(cell[i]);
}

/* A form: each column of its one row as a line "title   value". */
static void
pdf_form(struct pdf *p, json_t *s)
{
	json_t *columns = json_pack("[{s:s, s:s}, {s:s, s:s}]", "key", "name", "title", "Item",
		   "key", "value", "title", "Value"),
	       *row, *pairs = json_array(), *c;
	struct pdf_table t = {.columns = columns, .n = 2};
	char buf[64];
	size_t i, k;

	json_array_foreach(json_object_get(s, "rows"), i, row)
	    json_array_foreach(json_object_get(s, "columns"), k, c)
	{
		json_t *v = json_object_get(row, json_string_value(json_object_get(c, "key")));
		const char *text = report_cell(v, buf, sizeof(buf));

		json_array_append_new(
		    pairs, json_pack("{s:O, s:s}", "name", json_object_get(c, "title"), "value",
			       text[0] == '\0' ? "-" : text));
	}
	t.width[0] = 170;
	t.width[1] = p->w - 2 * PDF_MARGIN - 170;
	json_array_foreach(pairs, i, row) pdf_row(p, &t, row);
	json_decref(pairs);
	json_decref(columns);
}

static void
pdf_section(struct pdf *p, json_t *s)
{
	json_t *rows = json_object_get(s, "rows"), *row;
	struct pdf_table t = {.columns = json_object_get(s, "columns")};
	size_t i;

	t.n = json_array_size(t.columns);
	t.n = t.n < PDF_COLUMNS ? t.n : PDF_COLUMNS;
	if (!pdf_room(p, 90))
		pdf_page(p);
	p->y -= 12;
	pdf_paragraph(p, p->bold, 10.5f, json_string_value(json_object_get(s, "title")));
	pdf_paragraph(p, p->font, 7.5f, json_string_value(json_object_get(s, "note")));
	p->y -= 5;
	if (json_array_size(rows) == 0) {
		pdf_paragraph(p, p->font, PDF_SIZE, "No entries.");
		return;
	}
	if (json_is_true(json_object_get(s, "form"))) {
		pdf_form(p, s);
		return;
	}
	pdf_widths(p, &t, rows);
	pdf_heading(p, &t);
	json_array_foreach(rows, i, row) pdf_row(p, &t, row);
}

/* ---- the whole */

static void
pdf_front(struct pdf *p)
{
	char line[256];
	json_t *m;
	size_t i;

	snprintf(line, sizeof(line), "%s  %s", pdf_member(p, "kind"), pdf_member(p, "title"));
	pdf_paragraph(p, p->bold, 16, line);
	p->y -= 3;
	snprintf(line, sizeof(line), "Period: %s to %s (end not included)", pdf_member(p, "from"),
	    pdf_member(p, "to"));
	pdf_paragraph(p, p->font, 9, line);
	snprintf(line, sizeof(line), "Agency: %s    Warrant: %s    Regime: %s",
	    pdf_member(p, "lea"), pdf_member(p, "warrant"), pdf_member(p, "regime"));
	pdf_paragraph(p, p->font, 9, line);
	snprintf(line, sizeof(line), "Basis: %s", pdf_member(p, "law"));
	pdf_paragraph(p, p->font, 9, line);
	snprintf(line, sizeof(line), "Made %s by %s with %s; report %s", pdf_member(p, "made"),
	    pdf_member(p, "by"), pdf_member(p, "program"), pdf_member(p, "id"));
	pdf_paragraph(p, p->font, 9, line);
	json_array_foreach(json_object_get(p->master, "no_data"), i, m)
	{
		snprintf(line, sizeof(line), "No data: %s", json_string_value(m));
		pdf_paragraph(p, p->bold, 9, line);
	}
	p->y -= 5;
	pdf_rule(p, p->y, 0.2f, 0.8f);
}

/* Where the responsible person signs by hand (47 CFR 1.20004(a)(2)). */
static void
pdf_signature(struct pdf *p)
{
	static const char *const lines[] = {"Name and function of the responsible person",
	    "Place and date", "Signature: this record is complete and accurate"};

	if (strcmp(pdf_member(p, "kind"), "R1") != 0 && strcmp(pdf_member(p, "kind"), "R4") != 0)
		return;
	if (!pdf_room(p, 130))
		pdf_page(p);
	p->y -= 20;
	for (size_t i = 0; i < 3; i++) {
		p->y -= 30;
		HPDF_Page_SetRGBStroke(p->page, 0, 0, 0);
		HPDF_Page_SetLineWidth(p->page, 0.5f);
		HPDF_Page_MoveTo(p->page, PDF_MARGIN, p->y);
		HPDF_Page_LineTo(p->page, PDF_MARGIN + 280, p->y);
		HPDF_Page_Stroke(p->page);
		pdf_out(p, p->font, 7, PDF_MARGIN, p->y - 8, lines[i], strlen(lines[i]));
	}
}

static void
pdf_feet(struct pdf *p, const char *sha256)
{
	char line[256];

	for (size_t i = 0; i < p->pages_n; i++) {
		p->page = p->pages[i];
		pdf_rule(p, PDF_FOOT - 8, 0.5f, 0.4f);
		snprintf(line, sizeof(line), "SHA-256 of the JSON master: %s", sha256);
		pdf_out(p, p->font, 7, PDF_MARGIN, PDF_FOOT - 18, line, strlen(line));
		snprintf(line, sizeof(line), "%s %s, made %s by %s", pdf_member(p, "kind"),
		    pdf_member(p, "name"), pdf_member(p, "made"), pdf_member(p, "by"));
		pdf_out(p, p->font, 7, PDF_MARGIN, PDF_FOOT - 28, line, strlen(line));
		snprintf(line, sizeof(line), "page %zu of %zu", i + 1, p->pages_n);
		pdf_out(p, p->font, 7,
		    p->w - PDF_MARGIN - pdf_width(p->font, line, strlen(line), 7), PDF_FOOT - 18,
		    line, strlen(line));
	}
}

const char *report_fonts = "/usr/share/fonts/truetype/dejavu/";

/* A font file, embedded; NULL: it is not there. */
static const char *
pdf_font_file(struct pdf *p, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s%s", report_fonts, name);
	return HPDF_LoadTTFontFromFile(p->doc, path, HPDF_TRUE);
}

static void
pdf_fonts(struct pdf *p)
{
	static const char utf8[] = {'U', 'T', 'F', '-', '8', '\0'}; /* no code of a log */
	const char *name = NULL, *bold = NULL, *coding;

	HPDF_UseUTFEncodings(p->doc);
	name = pdf_font_file(p, "DejaVuSans.ttf");
	if (name != NULL)
		bold = pdf_font_file(p, "DejaVuSans-Bold.ttf");
	p->utf8 = bold != NULL;
	if (!p->utf8) { /* not installed, or not to be read from here */
		HPDF_ResetError(p->doc);
		p->error = 0;
	}
	coding = p->utf8 ? utf8 : "WinAnsiEncoding";
	p->font = HPDF_GetFont(p->doc, p->utf8 ? name : "Helvetica", coding);
	p->bold = HPDF_GetFont(p->doc, p->utf8 ? bold : "Helvetica-Bold", coding);
}

static void
pdf_info(struct pdf *p)
{
	HPDF_Date d = {.ind = 'Z'};

	HPDF_SetCompressionMode(p->doc, HPDF_COMP_ALL);
	HPDF_SetInfoAttr(p->doc, HPDF_INFO_TITLE, pdf_member(p, "title"));
	HPDF_SetInfoAttr(p->doc, HPDF_INFO_CREATOR, pdf_member(p, "program"));
	if (sscanf(pdf_member(p, "made"), "%d-%d-%dT%d:%d:%d", &d.year, &d.month, &d.day, &d.hour,
		&d.minutes, &d.seconds) == 6)
		HPDF_SetInfoDateAttr(p->doc, HPDF_INFO_CREATION_DATE, d);
}

static int
pdf_save(struct pdf *p, FILE *out)
{
	HPDF_BYTE buf[16384];
	HPDF_UINT32 n;

	if (p->error != 0 || HPDF_SaveToStream(p->doc) != HPDF_OK)
		return -EIO;
	HPDF_ResetStream(p->doc);
	do {
		n = sizeof(buf);
		HPDF_ReadFromStream(p->doc, buf, &n);
		if (n > 0 && fwrite(buf, 1, n, out) != n)
			return -EIO;
	} while (n > 0);
	return 0;
}

int
report_pdf(json_t *master, const char *sha256, FILE *out, const char **why)
{
	struct pdf p = {.master = master};
	json_t *sections = json_object_get(master, "sections"), *s;
	size_t i;
	int r;

	*why = "the PDF library gave up, or the file cannot be written";
	if ((p.doc = HPDF_New(pdf_on_error, &p)) == NULL)
		return -EIO;
	json_array_foreach(sections, i, s) p.wide |=
	    !json_is_true(json_object_get(s, "form")) &&
	    json_array_size(json_object_get(s, "columns")) >= PDF_WIDE;
	pdf_fonts(&p);
	pdf_info(&p);
	pdf_page(&p);
	pdf_front(&p);
	json_array_foreach(sections, i, s) pdf_section(&p, s);
	pdf_signature(&p);
	pdf_feet(&p, sha256);
	r = pdf_save(&p, out);
	HPDF_Free(p.doc);
	free(p.pages);
	return r;
}
