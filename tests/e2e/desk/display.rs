//! What stands on the desk's display, as the display itself tells it: the driver sees the app's first window only.

use std::fs;
use std::path::Path;

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, ImageFormat, MapState, Window,
};
use x11rb::rust_connection::RustConnection;

use super::Desk;

impl Desk {
    /// Titles of the windows that can be seen.
    pub(crate) fn window_titles(&self) -> Vec<String> {
        let display = Display::of(self);
        display.windows().into_iter().map(|(_, title)| title).collect()
    }

    /// Waits until a window can be seen, with so many pixels of this colour in it: what it shows is drawn.
    pub(crate) fn sees_window(&self, title: &str, colour: [u8; 3], pixels: usize) {
        self.wait_until(&format!("{title} shows {pixels} pixels of {colour:02x?}"), || {
            let display = Display::of(self);
            let found = display.windows().into_iter().find(|(_, found)| found == title);
            let picture = found.and_then(|(window, _)| display.picture(window));
            picture.is_some_and(|picture| picture.rgb().filter(|pixel| *pixel == colour).count() >= pixels)
        });
    }

    /// Closes a window by its button, as a window manager does.
    pub(crate) fn closes_window(&self, title: &str) {
        let display = Display::of(self);
        let found = display.windows().into_iter().find(|(_, found)| found == title);
        let (window, _) =
            found.unwrap_or_else(|| panic!("no window {title} among {:?}", self.window_titles()));
        let (protocols, delete) = (display.atom("WM_PROTOCOLS"), display.atom("WM_DELETE_WINDOW"));
        let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
        // Answered before the connection goes: what is under way then may be dropped.
        display.connection.send_event(false, window, EventMask::NO_EVENT, message).unwrap().check().unwrap();
    }

    /// Puts a picture of the whole display into a file.
    pub(crate) fn takes_picture_of_display(&self, file: &Path) {
        let display = Display::of(self);
        display.picture(display.root).unwrap().save(file);
    }

    /// Puts a picture of one window into a file.
    pub(crate) fn takes_picture_of_window(&self, title: &str, file: &Path) {
        let display = Display::of(self);
        let (window, _) = display.windows().into_iter().find(|(_, found)| found == title).unwrap();
        display.picture(window).unwrap().save(file);
    }
}

/// What a window shows.
struct Picture {
    width: u16,
    height: u16,
    /// BGRX, as the display has it.
    pixels: Vec<u8>,
}

impl Picture {
    fn rgb(&self) -> impl Iterator<Item = [u8; 3]> {
        self.pixels.chunks_exact(4).map(|pixel| [pixel[2], pixel[1], pixel[0]])
    }

    fn save(&self, file: &Path) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let file = fs::File::create(file).unwrap();
        let mut encoder = png::Encoder::new(file, self.width.into(), self.height.into());
        encoder.set_color(png::ColorType::Rgb);
        let rgb: Vec<u8> = self.rgb().flatten().collect();
        encoder.write_header().unwrap().write_image_data(&rgb).unwrap();
    }
}

struct Display {
    connection: RustConnection,
    root: Window,
}

impl Display {
    fn of(desk: &Desk) -> Self {
        let (connection, screen) = RustConnection::connect(Some(desk.variable("DISPLAY"))).unwrap();
        let root = connection.setup().roots[screen].root;
        Self { connection, root }
    }

    fn atom(&self, name: &str) -> u32 {
        self.connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    /// The windows that are on the display now. One that goes while it is asked is not among them.
    fn windows(&self) -> Vec<(Window, String)> {
        let tree = self.connection.query_tree(self.root).unwrap().reply().unwrap();
        tree.children.into_iter().filter_map(|window| Some((window, self.title(window)?))).collect()
    }

    /// `None` for a window that has just gone.
    fn picture(&self, window: Window) -> Option<Picture> {
        let size = self.connection.get_geometry(window).unwrap().reply().ok()?;
        let (width, height) = (size.width, size.height);
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, u32::MAX);
        Some(Picture { width, height, pixels: image.unwrap().reply().ok()?.data })
    }

    fn title(&self, window: Window) -> Option<String> {
        let state = self.connection.get_window_attributes(window).unwrap().reply().ok()?;
        let name = self.atom("_NET_WM_NAME");
        let property = self.connection.get_property(false, window, name, AtomEnum::ANY, 0, 256);
        let title = String::from_utf8(property.unwrap().reply().ok()?.value).ok()?;
        (state.map_state == MapState::VIEWABLE && !title.is_empty()).then_some(title)
    }
}
