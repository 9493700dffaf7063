"""The demo's second chapter: a shop of home textiles that sells by WhatsApp and on its site, with a month behind it."""
