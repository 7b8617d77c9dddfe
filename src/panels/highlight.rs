//! Colours for source in Rust, and in Python.
//!
//! A lexer of one pass that knows comments, literals and words, and nothing of grammar: enough to
//! read by, small enough to ship. Whatever it does not know is plain; no text is ever lost or
//! added, so the pieces joined are the source.

use crate::find::find;

/// What a piece of source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Space, punctuation, and names that are none of the below.
    Plain,
    /// A comment, documentation included.
    Comment,
    /// A word of the language, `true` and `false` included.
    Keyword,
    /// A name that begins with a capital letter, or a primitive type.
    Type,
    /// A name before an opening parenthesis.
    Function,
    /// A name before an exclamation mark, and the mark.
    Macro,
    /// Text and characters.
    String,
    /// A number.
    Number,
    /// A lifetime or label.
    Lifetime,
    /// `#[…]`.
    Attribute,
}

impl Token {
    /// Its class in the style sheet; none for plain text.
    #[must_use]
    pub(crate) fn class(self) -> Option<&'static str> {
        Some(match self {
            Self::Plain => return None,
            Self::Comment => "code-comment",
            Self::Keyword => "code-keyword",
            Self::Type => "code-type",
            Self::Function => "code-function",
            Self::Macro => "code-macro",
            Self::String => "code-string",
            Self::Number => "code-number",
            Self::Lifetime => "code-lifetime",
            Self::Attribute => "code-attribute",
        })
    }
}

const KEYWORDS: [&str; 38] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
    "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true", "type",
    "unsafe", "use", "where", "while",
];

const PYTHON: [&str; 35] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
    "else", "except", "False", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "None", "nonlocal", "not", "or", "pass", "raise", "return", "True", "try", "while",
    "with", "yield",
];

const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16",
    "u32", "u64", "u128", "usize",
];

/// The lines of a source, each as pieces with their tokens. A comment or text of several lines
/// is cut at the line ends.
#[must_use]
pub(crate) fn lines(source: &str, python: bool) -> Vec<Vec<(Token, &str)>> {
    let mut lines = vec![Vec::new()];
    let lexer = Lexer {
        rest: source,
        python,
    };
    for (token, text) in lexer {
        for (number, part) in text.split('\n').enumerate() {
            if number > 0 {
                lines.push(Vec::new());
            }
            // Windows line ends are part of no piece.
            let part = part.strip_suffix('\r').unwrap_or(part);
            if let (Some(line), false) = (lines.last_mut(), part.is_empty()) {
                line.push((token, part));
            }
        }
    }
    // A newline at the end of the file ends its last line and begins none.
    if lines.len() > 1 && lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines
}

struct Lexer<'a> {
    rest: &'a str,
    python: bool,
}

impl<'a> Lexer<'a> {
    /// The length of the next piece in bytes, and what it is.
    fn next_piece(&self) -> (Token, usize) {
        let rest = self.rest;
        let mut chars = rest.chars();
        let (first, second) = (chars.next().unwrap_or(' '), chars.next().unwrap_or(' '));
        match (first, second) {
            ('#', _) if self.python => (Token::Comment, rest.find('\n').unwrap_or(rest.len())),
            ('"' | '\'', _) if self.python => (Token::String, python_text(rest, first)),
            _ if self.python && matches!(first, '/' | '#') => (Token::Plain, 1),
            ('/', '/') => (Token::Comment, rest.find('\n').unwrap_or(rest.len())),
            ('/', '*') => (Token::Comment, block_comment(rest)),
            ('"', _) => (Token::String, quoted(rest, 1)),
            ('b' | 'c', '"') => (Token::String, quoted(rest, 2)),
            ('b', '\'') => (Token::String, 1 + character(&rest[1..]).unwrap_or(1)),
            ('r', '"' | '#') | ('b' | 'c', 'r') if raw(rest).is_some() => {
                (Token::String, raw(rest).unwrap_or(1))
            }
            ('\'', _) => match character(rest) {
                Some(length) => (Token::String, length),
                None => (Token::Lifetime, 1 + word(&rest[1..])),
            },
            ('#', '[' | '!') if attribute(rest).is_some() => {
                (Token::Attribute, attribute(rest).unwrap_or(1))
            }
            ('0'..='9', _) => (Token::Number, number(rest)),
            _ if is_word(first) => {
                let length = word(rest);
                let (name, after) = rest.split_at(length);
                classify(name, after, self.python)
            }
            _ => {
                let plain =
                    |c: char| !is_word(c) && !matches!(c, '/' | '"' | '\'' | '#' | '0'..='9');
                let length: usize = rest
                    .chars()
                    .take_while(|c| plain(*c))
                    .map(char::len_utf8)
                    .sum();
                (Token::Plain, length.max(first.len_utf8()))
            }
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = (Token, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (token, length) = self.next_piece();
        let (piece, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        Some((token, piece))
    }
}

fn classify(name: &str, after: &str, python: bool) -> (Token, usize) {
    let keywords = if python { &PYTHON[..] } else { &KEYWORDS };
    let macro_mark = !python && after.starts_with('!') && !after.starts_with("!=");
    let token = if keywords.contains(&name) {
        Token::Keyword
    } else if macro_mark {
        return (Token::Macro, name.len() + 1);
    } else if PRIMITIVES.contains(&name) || name.starts_with(|c: char| c.is_ascii_uppercase()) {
        Token::Type
    } else if after.starts_with('(') || after.starts_with("::<") {
        Token::Function
    } else {
        Token::Plain
    };
    (token, name.len())
}

fn is_word(c: char) -> bool {
    // Names in other scripts are words too; telling letters from signs there is not worth a table.
    c == '_' || c.is_ascii_alphanumeric() || !c.is_ascii()
}

/// The length of the word at the beginning.
fn word(text: &str) -> usize {
    text.find(|c| !is_word(c)).unwrap_or(text.len())
}

/// The length of a number: digits, separators, suffix, fraction and exponent. A range such as
/// `0..5` and a method such as `1.max(2)` end it before the dot.
fn number(text: &str) -> usize {
    let whole = word(text);
    let mut fraction = text[whole..].chars();
    if fraction.next() != Some('.') || !fraction.next().is_some_and(|c| c.is_ascii_digit()) {
        return whole;
    }
    let length = whole + 1 + word(&text[whole + 1..]);
    let exponent = text[..length].ends_with(['e', 'E']) && text[length..].starts_with(['-', '+']);
    if exponent {
        length + 1 + word(&text[length + 1..])
    } else {
        length
    }
}

/// The length of a text in quotes whose opening quote ends at `from`.
fn quoted(text: &str, from: usize) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(from) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a text of Python, which is in one quote on each side or in three.
fn python_text(text: &str, quote: char) -> usize {
    let three: String = [quote; 3].iter().collect();
    if let Some(body) = text.strip_prefix(&*three) {
        return find(body, &three).map_or(text.len(), |at| at + 6);
    }
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return at,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a raw text such as `r#"…"#`, `None` if there is none.
fn raw(text: &str) -> Option<usize> {
    let after = text.trim_start_matches(['b', 'c']).strip_prefix('r')?;
    let marks = after.len() - after.trim_start_matches('#').len();
    let body = after[marks..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(marks));
    let opened = text.len() - body.len();
    Some(find(body, &close).map_or(text.len(), |at| opened + at + close.len()))
}

/// The length of a character in quotes, `None` if it is a lifetime.
fn character(text: &str) -> Option<usize> {
    let body = text.strip_prefix('\'')?;
    let mut chars = body.char_indices();
    let (_, first) = chars.next()?;
    if first == '\\' {
        let end = body.char_indices().skip(2).find(|(_, c)| *c == '\'')?.0;
        return Some(1 + end + 1);
    }
    match chars.next()? {
        (at, '\'') if first != '\'' => Some(1 + at + 1),
        _ => None,
    }
}

/// The length of a block comment, which may hold others.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of an attribute, `None` if there is none.
fn attribute(text: &str) -> Option<usize> {
    let body = text
        .strip_prefix("#![")
        .or_else(|| text.strip_prefix("#["))?;
    let mut depth = 1usize;
    for (at, c) in body.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(text.len() - body.len() + at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(source: &str) -> Vec<(Token, &str)> {
        Lexer {
            rest: source,
            python: false,
        }
        .filter(|(token, _)| *token != Token::Plain)
        .collect()
    }

    #[test]
    fn words_are_told_apart() {
        assert_eq!(
            tokens("pub async fn run(x: u64) -> Option<Self> { println!(\"{x}\"); y != z }"),
            [
                (Token::Keyword, "pub"),
                (Token::Keyword, "async"),
                (Token::Keyword, "fn"),
                (Token::Function, "run"),
                (Token::Type, "u64"),
                (Token::Type, "Option"),
                (Token::Keyword, "Self"),
                (Token::Macro, "println!"),
                (Token::String, "\"{x}\""),
            ]
        );
    }

    #[test]
    fn literals_end_where_they_end() {
        let cases = [
            (r#""a \" b" c"#, Token::String, r#""a \" b""#),
            (r##"r#"a " b"# c"##, Token::String, r##"r#"a " b"#"##),
            ("br\"x\" c", Token::String, "br\"x\""),
            ("b'x' c", Token::String, "b'x'"),
            (r"'\'' c", Token::String, r"'\''"),
            ("'é' c", Token::String, "'é'"),
            ("'a, b", Token::Lifetime, "'a"),
            ("1_000u64..5", Token::Number, "1_000u64"),
            ("1.5e-3+x", Token::Number, "1.5e-3"),
            ("0..10", Token::Number, "0"),
            ("/* a /* b */ c */ d", Token::Comment, "/* a /* b */ c */"),
            ("// a\nb", Token::Comment, "// a"),
            ("#[derive(Debug)] x", Token::Attribute, "#[derive(Debug)]"),
            ("#![allow([x])] y", Token::Attribute, "#![allow([x])]"),
        ];
        for (source, token, piece) in cases {
            assert_eq!(tokens(source).first(), Some(&(token, piece)), "{source}");
        }
    }

    #[test]
    fn nothing_is_lost_whatever_the_source() {
        let sources = [
            include_str!("highlight.rs"),
            include_str!("../engine/client.rs"),
            "\"open",
            "'",
            "/*",
            "r#\"",
            "#[",
            "名前 = '字'; // 注释",
            "b'",
            "",
        ];
        for source in sources {
            for python in [false, true] {
                let lexer = Lexer {
                    rest: source,
                    python,
                };
                let joined: String = lexer.map(|(_, piece)| piece).collect();
                assert_eq!(joined, source);
            }
        }
    }

    #[test]
    fn python_has_its_own_words_texts_and_comments() {
        let source = "async def f(x):  # it's\n    return f\"{x // 2}\" + '''a\n'''";
        let lines = lines(source, true);
        let of = |wanted: Token| -> Vec<&str> {
            let pieces = lines.iter().flatten();
            pieces
                .filter(|(token, _)| *token == wanted)
                .map(|(_, text)| *text)
                .collect()
        };
        assert_eq!(of(Token::Keyword), ["async", "def", "return"]);
        assert_eq!(of(Token::Comment), ["# it's"]);
        assert_eq!(of(Token::String), ["\"{x // 2}\"", "'''a", "'''"]);
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let source = "/* one\ntwo */ x\r\n\nfn\n";
        let texts: Vec<String> = lines(source, false)
            .into_iter()
            .map(|line| line.into_iter().map(|(_, piece)| piece).collect())
            .collect();
        assert_eq!(texts, ["/* one", "two */ x", "", "fn"]);
        assert_eq!(lines("", false).len(), 1);
    }
}
