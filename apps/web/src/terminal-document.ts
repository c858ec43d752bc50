/**
 * The pages' policy refuses inline styles, and xterm writes its own into <style> elements and `style` attributes. While a
 * terminal is shown the document makes elements that put the same to work as style sheets and declarations of a script, which
 * the policy allows. @returns to be called when the terminal is gone
 */
export function withoutInlineStyles(): () => void {
  Object.defineProperty(document, "createElement", { value: createElement, configurable: true });
  return () => Reflect.deleteProperty(document, "createElement");
}

const plain = (name: string): HTMLElement => Document.prototype.createElement.call(document, name);

function createElement(name: string): HTMLElement {
  if (name === "style") return adoptedStyle();
  const element = plain(name);
  if (name === "span") {
    element.setAttribute = (attribute, value) => {
      if (attribute === "style") element.style.cssText = value;
      else Element.prototype.setAttribute.call(element, attribute, value);
    };
  }
  return element;
}

/** What shows nothing itself; its text is a style sheet of the document for as long as it is there. */
function adoptedStyle(): HTMLElement {
  const sheet = new CSSStyleSheet();
  const element = plain("template");
  document.adoptedStyleSheets.push(sheet);
  Object.defineProperty(element, "textContent", { set: (text: string) => sheet.replaceSync(text) });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}
