//! Which handler answers which request, and what happens on the way to it and back.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use super::files::Files;
use super::message::{Request, Response};

/// What a handler comes to. An error is an answer, too: `?` on what can fail sends it.
pub type Handled = Result<Response, Response>;

type Answer = Pin<Box<dyn Future<Output = Response>>>;
type Handler = Rc<dyn Fn(Request) -> Answer>;
type Middleware = Rc<dyn Fn(Request, Next) -> Answer>;

/// Routes, and what every request goes through.
///
/// A pattern consists of parts between slashes: text, a parameter `{name}`, which stands for any one
/// part that is not empty, or last of all a tail `{name...}`, which stands for the rest. Of several
/// that match, the one whose first differing part is more definite is taken: text, then a parameter,
/// then a tail.
///
/// A path that no pattern matches is answered with status 404; one that is matched, but not with this
/// method, with 405 and the methods that are (`OPTIONS` is answered with these, too, and `HEAD`
/// is answered as `GET` without the body).
#[derive(Clone, Default)]
pub struct Router {
    routes: Vec<Route>,
    layers: Rc<Vec<Middleware>>,
}

#[derive(Clone)]
struct Route {
    method: &'static str,
    pattern: Vec<Part>,
    handler: Handler,
}

/// In the order of precedence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Text(&'static str),
    Parameter(&'static str),
    Tail(&'static str),
}

/// The rest of the way to the handler, for a middleware to go or not.
pub struct Next {
    layers: Rc<Vec<Middleware>>,
    at: usize,
    handler: Handler,
}

impl Next {
    /// Goes on, and comes back with the answer.
    pub fn run(mut self, request: Request) -> Pin<Box<dyn Future<Output = Response>>> {
        match self.layers.get(self.at).cloned() {
            Some(layer) => {
                self.at += 1;
                layer(request, self)
            }
            None => (self.handler)(request),
        }
    }
}

impl Router {
    /// No routes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a route.
    #[must_use]
    pub fn route<F, A>(mut self, method: &'static str, pattern: &'static str, handler: F) -> Self
    where
        F: Fn(Request) -> A + 'static,
        A: Future<Output = Handled> + 'static,
    {
        let handler: Handler = Rc::new(move |request| {
            let answer = handler(request);
            Box::pin(async move { answer.await.unwrap_or_else(|refusal| refusal) })
        });
        self.add(method, pattern, handler);
        self
    }

    /// Serves files below a path.
    #[must_use]
    pub fn files(mut self, below: &'static str, files: Files) -> Self {
        let files = Rc::new(files);
        let handler: Handler = Rc::new(move |request| {
            let response = files.answer(&request, request.parameter("path").unwrap_or_default());
            Box::pin(async move { response })
        });
        let mut pattern = parts(below);
        pattern.push(Part::Tail("path"));
        self.routes.push(Route {
            method: "GET",
            pattern,
            handler,
        });
        self
    }

    fn add(&mut self, method: &'static str, pattern: &'static str, handler: Handler) {
        self.routes.push(Route {
            method,
            pattern: parts(pattern),
            handler,
        });
    }

    /// Adds a middleware: every request goes through it on its way to its handler, and every answer
    /// on its way back, those that no handler makes included. The first one added is the outermost.
    #[must_use]
    pub fn layer<F, A>(mut self, middleware: F) -> Self
    where
        F: Fn(Request, Next) -> A + 'static,
        A: Future<Output = Response> + 'static,
    {
        let layer: Middleware = Rc::new(move |request, next| Box::pin(middleware(request, next)));
        Rc::make_mut(&mut self.layers).push(layer);
        self
    }

    /// The answer to a request.
    pub(crate) fn answer(&self, mut request: Request) -> Answer {
        let handler = self.find(&mut request);
        let next = Next {
            layers: Rc::clone(&self.layers),
            at: 0,
            handler,
        };
        next.run(request)
    }

    fn find(&self, request: &mut Request) -> Handler {
        let method = match &*request.method {
            "HEAD" => "GET",
            method => method,
        };
        let path: Vec<&str> = request.path.split('/').skip(1).collect();
        let matching = self
            .routes
            .iter()
            .filter(|route| matches(&route.pattern, &path));
        let best = matching.clone().map(|route| &route.pattern).min();
        let Some(best) = best else {
            return reply(|| Response::error(404, "nothing is here"));
        };
        let mut same = matching.filter(|route| route.pattern == *best);
        if let Some(route) = same.clone().find(|route| route.method == method) {
            request.parameters = parameters(&route.pattern, &path);
            return Rc::clone(&route.handler);
        }
        let mut allowed = vec!["OPTIONS"];
        for route in same.by_ref() {
            allowed.push(route.method);
            if route.method == "GET" {
                allowed.push("HEAD");
            }
        }
        allowed.sort_unstable();
        let allowed = allowed.join(", ");
        let is_question = method == "OPTIONS";
        reply(move || {
            let response = if is_question {
                Response::new(204)
            } else {
                Response::error(405, "the method is not allowed here")
            };
            response.header("allow", allowed.clone())
        })
    }
}

fn reply(make: impl Fn() -> Response + 'static) -> Handler {
    Rc::new(move |_| {
        let response = make();
        Box::pin(async move { response })
    })
}

fn parts(pattern: &'static str) -> Vec<Part> {
    let parts = pattern.split('/').skip(1);
    parts
        .map(|part| {
            let name = part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'));
            match name {
                None => Part::Text(part),
                Some(name) => match name.strip_suffix("...") {
                    Some(name) => Part::Tail(name),
                    None => Part::Parameter(name),
                },
            }
        })
        .collect()
}

fn matches(pattern: &[Part], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (Some((Part::Tail(_), [])), Some(_)) | (None, None) => true,
        (Some((Part::Text(text), rest)), Some((part, path))) => text == part && matches(rest, path),
        (Some((Part::Parameter(_), rest)), Some((part, path))) => {
            !part.is_empty() && matches(rest, path)
        }
        _ => false,
    }
}

fn parameters(pattern: &[Part], path: &[&str]) -> Vec<(String, String)> {
    let values = pattern
        .iter()
        .enumerate()
        .filter_map(|(at, part)| match part {
            Part::Text(_) => None,
            Part::Parameter(name) => Some(((*name).to_owned(), path[at].to_owned())),
            Part::Tail(name) => Some(((*name).to_owned(), path[at..].join("/"))),
        });
    values.collect()
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes = self.routes.iter();
        let routes = routes.map(|route| (route.method, &route.pattern));
        f.debug_list().entries(routes).finish()
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Next")
    }
}
