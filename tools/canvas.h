// SPDX-License-Identifier: BSD-3-Clause
// A picture being drawn: shapes and text by cairo and pango, which are loaded at the first picture.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

struct Color {
  double red = 0, green = 0, blue = 0;  // 0 to 1

  static Color hex(unsigned rgb);

  // "#d7191c"; `fallback` for every other text.
  static Color read(std::string_view text, Color fallback);
};

struct Point {
  double x = 0, y = 0;
};

// How a text stands at its point. Sizes and lengths are in pixels.
struct TextStyle {
  double size = 13;
  bool bold = false;
  Color color;
  enum class Side { left, center, right } side = Side::left;  // of the text that is at the point
  double most = 0;    // longer texts end with an ellipsis; 0: no bound
  double slope = 0;   // degrees, clockwise
  bool halo = false;  // a white edge, to be read over shapes
};

// Only the C ABI of libpangocairo-1.0.so.0 is used, which has been stable since 2006, by a table of
// functions: the program neither links it nor needs its headers, and starts without it. Text is
// shaped, so every script that the fonts of the machine have is drawn; DejaVu Sans comes first.
// Nothing of a picture depends on time or place: equal calls give equal bytes on one machine.
//
// One picture is drawn at a time in a process: a second Canvas waits until the first is gone.
class Canvas {
 public:
  // White. Throws unavailable, with the package to install, where the library is not there.
  Canvas(int width, int height, const std::string& library = "libpangocairo-1.0.so.0");
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  void rectangle(Point corner, double width, double height, Color fill);
  void circle(Point center, double radius, Color fill, Color edge);

  // Through the points in their order; dashes of that length when not 0.
  void line(const std::vector<Point>& points, double width, Color color, double dash = 0);

  // Rings of one area: what lies in an even number of them is outside.
  void area(const std::vector<std::vector<Point>>& rings, Color fill, Color edge,
            double edge_width);

  // The same with slanting lines on white.
  void hatch(const std::vector<std::vector<Point>>& rings, Color stripes, Color edge);

  // The text's middle height is at the point. Line breaks show as signs of their own.
  void text(Point at, std::string_view text, const TextStyle& style);
  double text_width(std::string_view text, const TextStyle& style);

  // The finished picture, 24 bit RGB.
  std::string png() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dhis2mcp
