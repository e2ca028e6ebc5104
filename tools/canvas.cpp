// SPDX-License-Identifier: BSD-3-Clause
// The drawing library behind a table of functions, as libsecret is in auth/keyring.
#include "tools/canvas.h"

#include <dlfcn.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <mutex>
#include <type_traits>

#include "dhis2/error.h"
#include "dhis2/utf8.h"

namespace dhis2mcp {
namespace {

// Constants of cairo.h and pango-layout.h, part of their stable ABI.
constexpr int kRgb24 = 1;
constexpr int kGray = 2;           // CAIRO_ANTIALIAS_GRAY
constexpr int kNoHints = 1;        // CAIRO_HINT_STYLE_NONE
constexpr int kFreeMetrics = 1;    // CAIRO_HINT_METRICS_OFF
constexpr int kRound = 1;          // CAIRO_LINE_CAP_ROUND, CAIRO_LINE_JOIN_ROUND
constexpr int kEvenOdd = 1;        // CAIRO_FILL_RULE_EVEN_ODD
constexpr int kEllipsisAtEnd = 3;  // PANGO_ELLIPSIZE_END
constexpr int kBold = 700;         // PANGO_WEIGHT_BOLD
constexpr int kUnits = 1024;       // PANGO_SCALE

// No text of a picture is as long; it is cut where a character begins.
constexpr std::size_t kLongestText = 4'000;

constexpr double kPi = 3.14159265358979323846;

using WritePiece = int (*)(void* closure, const unsigned char* bytes, unsigned length);

struct Library {
  void* (*surface_new)(int format, int width, int height);
  void (*surface_free)(void* surface);
  int (*write_png)(void* surface, WritePiece write, void* closure);
  void* (*pen_new)(void* surface);
  void (*pen_free)(void* pen);
  int (*pen_status)(void* pen);
  void (*save)(void* pen);
  void (*restore)(void* pen);
  void (*translate)(void* pen, double x, double y);
  void (*rotate)(void* pen, double angle);
  void (*color)(void* pen, double red, double green, double blue);
  void (*line_width)(void* pen, double width);
  void (*line_join)(void* pen, int join);
  void (*line_cap)(void* pen, int cap);
  void (*dash)(void* pen, const double* dashes, int count, double offset);
  void (*fill_rule)(void* pen, int rule);
  void (*move_to)(void* pen, double x, double y);
  void (*line_to)(void* pen, double x, double y);
  void (*close_path)(void* pen);
  void (*rectangle)(void* pen, double x, double y, double width, double height);
  void (*arc)(void* pen, double x, double y, double radius, double from, double to);
  void (*fill)(void* pen);
  void (*fill_on)(void* pen);
  void (*stroke)(void* pen);
  void (*clip)(void* pen);
  void (*new_path)(void* pen);
  void (*paint)(void* pen);
  void* (*options_new)();
  void (*options_free)(void* options);
  void (*options_antialias)(void* options, int antialias);
  void (*options_hints)(void* options, int style);
  void (*options_metrics)(void* options, int metrics);
  void* (*fonts_new)();
  void* (*context_new)(void* fonts);
  void (*context_options)(void* context, const void* options);
  void* (*layout_new)(void* context);
  void (*layout_text)(void* layout, const char* text, int length);
  void (*layout_font)(void* layout, const void* font);
  void (*layout_width)(void* layout, int width);
  void (*layout_ellipsis)(void* layout, int mode);
  void (*layout_one_line)(void* layout, int yes);
  void (*layout_size)(void* layout, int* width, int* height);
  void (*layout_show)(void* pen, void* layout);
  void (*layout_path)(void* pen, void* layout);
  void* (*font_new)();
  void (*font_free)(void* font);
  void (*font_family)(void* font, const char* family);
  void (*font_size)(void* font, double size);
  void (*font_weight)(void* font, int weight);
  void (*unref)(void* object);
  void* fonts = nullptr;  // of the process: reading the machine's font list takes a while

  bool load(const std::string& name) {
    // Never unloaded: glib does not survive that. Functions of cairo, pango and glib are found
    // through what the library itself depends on.
    void* const handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return false;
    bool all = true;
    const auto find = [&](const char* symbol, auto& function) {
      function =
          reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(handle, symbol));
      all = all && function != nullptr;
    };
    find_cairo(find);
    find_pango(find);
    if (all) fonts = fonts_new();
    return fonts != nullptr;
  }

 private:
  template <typename Find>
  void find_cairo(const Find& find) {
    find("cairo_image_surface_create", surface_new);
    find("cairo_surface_destroy", surface_free);
    find("cairo_surface_write_to_png_stream", write_png);
    find("cairo_create", pen_new);
    find("cairo_destroy", pen_free);
    find("cairo_status", pen_status);
    find("cairo_save", save);
    find("cairo_restore", restore);
    find("cairo_translate", translate);
    find("cairo_rotate", rotate);
    find("cairo_set_source_rgb", color);
    find("cairo_set_line_width", line_width);
    find("cairo_set_line_join", line_join);
    find("cairo_set_line_cap", line_cap);
    find("cairo_set_dash", dash);
    find("cairo_set_fill_rule", fill_rule);
    find("cairo_move_to", move_to);
    find("cairo_line_to", line_to);
    find("cairo_close_path", close_path);
    find("cairo_rectangle", rectangle);
    find("cairo_arc", arc);
    find("cairo_fill", fill);
    find("cairo_fill_preserve", fill_on);
    find("cairo_stroke", stroke);
    find("cairo_clip", clip);
    find("cairo_new_path", new_path);
    find("cairo_paint", paint);
    find("cairo_font_options_create", options_new);
    find("cairo_font_options_destroy", options_free);
    find("cairo_font_options_set_antialias", options_antialias);
    find("cairo_font_options_set_hint_style", options_hints);
    find("cairo_font_options_set_hint_metrics", options_metrics);
  }

  template <typename Find>
  void find_pango(const Find& find) {
    find("pango_cairo_font_map_new", fonts_new);
    find("pango_font_map_create_context", context_new);
    find("pango_cairo_context_set_font_options", context_options);
    find("pango_layout_new", layout_new);
    find("pango_layout_set_text", layout_text);
    find("pango_layout_set_font_description", layout_font);
    find("pango_layout_set_width", layout_width);
    find("pango_layout_set_ellipsize", layout_ellipsis);
    find("pango_layout_set_single_paragraph_mode", layout_one_line);
    find("pango_layout_get_size", layout_size);
    find("pango_cairo_show_layout", layout_show);
    find("pango_cairo_layout_path", layout_path);
    find("pango_font_description_new", font_new);
    find("pango_font_description_free", font_free);
    find("pango_font_description_set_family", font_family);
    find("pango_font_description_set_absolute_size", font_size);
    find("pango_font_description_set_weight", font_weight);
    find("g_object_unref", unref);
  }
};

std::mutex& drawing() {
  static std::mutex mutex;
  return mutex;
}

// Under the mutex. A library that was not there may have been installed since.
const Library& loaded(const std::string& name) {
  static Library library{};
  if (library.fonts == nullptr || name != "libpangocairo-1.0.so.0") {
    Library found{};
    if (!found.load(name)) {
      throw Error(ErrorKind::unavailable, "No picture can be drawn: " + name + " is not here.",
                  "Install the packages libpangocairo-1.0-0 and fonts-dejavu-core (Debian's "
                  "names); the table holds the same figures.");
    }
    library = found;
  }
  return library;
}

int append(void* closure, const unsigned char* bytes, unsigned length) {
  try {
    static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(bytes), length);
    return 0;
  } catch (...) {
    return 1;  // CAIRO_STATUS_NO_MEMORY: nothing may be thrown through C
  }
}

}  // namespace

Color Color::hex(unsigned rgb) {
  return {((rgb >> 16) & 0xFF) / 255.0, ((rgb >> 8) & 0xFF) / 255.0, (rgb & 0xFF) / 255.0};
}

Color Color::read(std::string_view text, Color fallback) {
  if (text.size() != 7 || text[0] != '#') return fallback;
  unsigned rgb = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + 1, end, rgb, 16);
  return error == std::errc() && at == end ? hex(rgb) : fallback;
}

struct Canvas::State {
  State(const std::string& name, int wide, int high)
      : lock(drawing()),
        library(loaded(name)),
        width(wide),
        height(high),
        surface(library.surface_new(kRgb24, wide, high)),
        pen(library.pen_new(surface)),
        context(library.context_new(library.fonts)),
        layout(library.layout_new(context)) {
    void* const options = library.options_new();
    library.options_antialias(options, kGray);
    library.options_hints(options, kNoHints);
    library.options_metrics(options, kFreeMetrics);
    library.context_options(context, options);
    library.options_free(options);
    library.layout_one_line(layout, 1);
    library.layout_ellipsis(layout, kEllipsisAtEnd);
    library.line_join(pen, kRound);
    library.line_cap(pen, kRound);
    library.fill_rule(pen, kEvenOdd);
    library.color(pen, 1, 1, 1);
    library.paint(pen);
  }
  ~State() {
    library.unref(layout);
    library.unref(context);
    library.pen_free(pen);
    library.surface_free(surface);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void use(Color color) const { library.color(pen, color.red, color.green, color.blue); }

  // Lays a text out and tells its size.
  Point lay(std::string_view text, const TextStyle& style, double most) const {
    void* const font = library.font_new();
    library.font_family(font, "DejaVu Sans, sans-serif");
    library.font_size(font, style.size * kUnits);
    if (style.bold) library.font_weight(font, kBold);
    library.layout_font(layout, font);
    library.font_free(font);
    library.layout_width(layout, -1);
    text = whole_letters(text, kLongestText);
    library.layout_text(layout, text.data(), static_cast<int>(text.size()));
    int wide = 0, high = 0;
    library.layout_size(layout, &wide, &high);
    // A width that is not needed would move text from right to left to its other end.
    if (most > 0 && wide > most * kUnits) {
      library.layout_width(layout, static_cast<int>(most * kUnits));
      library.layout_size(layout, &wide, &high);
    }
    return {static_cast<double>(wide) / kUnits, static_cast<double>(high) / kUnits};
  }

  void trace(const std::vector<Point>& points) const {
    for (std::size_t i = 0; i < points.size(); ++i) {
      (i == 0 ? library.move_to : library.line_to)(pen, points[i].x, points[i].y);
    }
  }

  void trace(const std::vector<std::vector<Point>>& rings) const {
    for (const std::vector<Point>& ring : rings) {
      trace(ring);
      library.close_path(pen);
    }
  }

  std::unique_lock<std::mutex> lock;
  const Library& library;
  const double width, height;
  void* const surface;
  void* const pen;
  void* const context;
  void* const layout;
};

Canvas::Canvas(int width, int height, const std::string& library)
    : state_(std::make_unique<State>(library, width, height)) {}

Canvas::~Canvas() = default;

void Canvas::rectangle(Point corner, double width, double height, Color fill) {
  state_->use(fill);
  state_->library.rectangle(state_->pen, corner.x, corner.y, width, height);
  state_->library.fill(state_->pen);
}

void Canvas::circle(Point center, double radius, Color fill, Color edge) {
  const Library& library = state_->library;
  library.new_path(state_->pen);
  library.arc(state_->pen, center.x, center.y, radius, 0, 2 * kPi);
  state_->use(fill);
  library.fill_on(state_->pen);
  state_->use(edge);
  library.line_width(state_->pen, 1);
  library.stroke(state_->pen);
}

void Canvas::line(const std::vector<Point>& points, double width, Color color, double dash) {
  const Library& library = state_->library;
  state_->use(color);
  library.line_width(state_->pen, width);
  library.dash(state_->pen, &dash, dash > 0 ? 1 : 0, 0);
  state_->trace(points);
  library.stroke(state_->pen);
  library.dash(state_->pen, nullptr, 0, 0);
}

void Canvas::area(const std::vector<std::vector<Point>>& rings, Color fill, Color edge,
                  double edge_width) {
  const Library& library = state_->library;
  state_->trace(rings);
  state_->use(fill);
  library.fill_on(state_->pen);
  state_->use(edge);
  library.line_width(state_->pen, edge_width);
  library.stroke(state_->pen);
}

void Canvas::hatch(const std::vector<std::vector<Point>>& rings, Color stripes, Color edge) {
  const Library& library = state_->library;
  area(rings, {1, 1, 1}, edge, 1);
  library.save(state_->pen);
  state_->trace(rings);
  library.clip(state_->pen);
  constexpr int kGap = 6;
  for (int i = 0; i * kGap < state_->height + state_->width; ++i) {
    const double x = i * kGap - state_->height;
    line({{x, state_->height}, {x + state_->height, 0}}, 1, stripes);
  }
  library.restore(state_->pen);
}

void Canvas::text(Point at, std::string_view text, const TextStyle& style) {
  const Library& library = state_->library;
  const Point size = state_->lay(text, style, style.most);
  const double shift = style.side == TextStyle::Side::left     ? 0
                       : style.side == TextStyle::Side::center ? size.x / 2
                                                               : size.x;
  library.save(state_->pen);
  library.translate(state_->pen, at.x, at.y);
  library.rotate(state_->pen, style.slope * kPi / 180);
  library.translate(state_->pen, -shift, -size.y / 2);
  library.move_to(state_->pen, 0, 0);
  if (style.halo) {
    library.layout_path(state_->pen, state_->layout);
    state_->use({1, 1, 1});
    library.line_width(state_->pen, 3);
    library.stroke(state_->pen);
    library.move_to(state_->pen, 0, 0);
  }
  state_->use(style.color);
  library.layout_show(state_->pen, state_->layout);
  library.new_path(state_->pen);
  library.restore(state_->pen);
}

double Canvas::text_width(std::string_view text, const TextStyle& style) {
  return state_->lay(text, style, 0).x;
}

std::string Canvas::png() const {
  std::string bytes;
  const bool drawn = state_->library.pen_status(state_->pen) == 0;
  if (!drawn || state_->library.write_png(state_->surface, append, &bytes) != 0) {
    throw Error(ErrorKind::unavailable, "The picture could not be drawn.",
                "Use the table, or ask for less at once.");
  }
  return bytes;
}

}  // namespace dhis2mcp
